import { entered } from '../http/fields.ts'
import { passwordLengthMax, passwordLengthMin } from './passwords.ts'

/** A password that somebody has. */
export const password = entered(1, passwordLengthMax)

/** A password that somebody chooses. */
export const newPassword = entered(passwordLengthMin, passwordLengthMax)

/** A code of the second step: of the authenticator app, or one for the day it is lost. */
export const stepCode = entered(6, 40)
