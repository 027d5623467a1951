import type { CreateSharedLimit } from '../http/shared-limit.ts'

const daySeconds = 24 * 60 * 60

/** So many wrong codes for one e-mail in a day are told to its owner: nobody mistypes that often. */
export const wrongCodesUntilTold = 5

/**
 * How often codes may be asked for and guessed. Who does so for somebody else's e-mail is stopped by their own address
 * long before the limits of the e-mail are reached, which would lock its owner out.
 */
export function createSignInLimits(createSharedLimit: CreateSharedLimit) {
  const asked =
    'Codes were sent to this e-mail too often. Use the last one, or wait as long as Retry-After says.'
  const guessed =
    'Too many wrong codes were entered for this e-mail. Wait as many seconds as Retry-After says, then ask for a new one.'
  return {
    /** By e-mail and address. */
    pair: createSharedLimit('codes sent by e-mail and address', {
      count: 5,
      seconds: 15 * 60,
      detail: asked,
    }),
    pairDaily: createSharedLimit('codes sent by e-mail and address, daily', {
      count: 10,
      seconds: daySeconds,
      detail: asked,
    }),
    /** By e-mail. */
    letters: createSharedLimit('codes sent by e-mail', { count: 50, seconds: daySeconds, detail: asked }),
    wrongCodes: createSharedLimit('wrong codes', { count: 100, seconds: daySeconds, detail: guessed }),
  }
}

export type SignInLimits = ReturnType<typeof createSignInLimits>
