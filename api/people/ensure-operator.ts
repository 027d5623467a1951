import { randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import type { Db } from '../tables.ts'
import { hashPassword } from './passwords.ts'
import { createPerson, hasDeploymentOperator } from './store.ts'

/** Who signs in first where nobody said. */
export const operatorEmailDefault = 'operator@tallystick.localhost'

/**
 * Makes the deployment's operator where there is none. Answers a password that was made up, to be printed once;
 * null when there is nothing to print. Safe in several processes at once: one of them makes it.
 */
export async function ensureOperator(
  db: Db,
  given: { readonly email?: string | undefined; readonly password?: string | undefined },
): Promise<{ email: string; password: string } | null> {
  if (await hasDeploymentOperator(db)) return null
  const email = (given.email ?? operatorEmailDefault).trim().toLowerCase()
  const password = given.password ?? randomBytes(18).toString('base64url')
  const made = await createPerson(db, {
    uuid: uuidv7(),
    email,
    name: 'Operator',
    passwordHash: await hashPassword(password),
    isDeploymentOperator: true,
  })
  return made && given.password === undefined ? { email, password } : null
}
