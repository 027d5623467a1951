import { availableParallelism } from 'node:os'
import { hash, verify, type Options } from '@node-rs/argon2'
import { createTurns } from '../turns.ts'

/** NIST SP 800-63B asks for 8 at least; the deployment's own operator has 12 as well. */
export const passwordLengthMin = 12
/** Far above what anyone types; it bounds the work that a stranger can ask for. */
export const passwordLengthMax = 1024

// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane.
const cost: Options = {
  // Argon2id. The library's enum is `const` and ambient, so type stripping can't reach its value.
  algorithm: 2,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
}

// Half of the processors: however many people sign in at once, the tills have the other half.
const inTurn = createTurns(Math.max(1, Math.floor(availableParallelism() / 2)))

// Of a password that nobody knows, so that an unknown e-mail costs the same time as a wrong password.
const hashOfNothing = hash(crypto.getRandomValues(new Uint8Array(32)), cost)

/** argon2id in PHC form. The same characters typed on another keyboard give the same hash (NFKC, as NIST SP 800-63B). */
export async function hashPassword(password: string): Promise<string> {
  return await inTurn(() => hash(password.normalize('NFKC'), cost))
}

/** Whether it is the password; `null` (no such person) takes as long and is false. */
export async function isPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const known = passwordHash ?? (await hashOfNothing)
  const right = await inTurn(() => verify(known, password.normalize('NFKC')))
  return right && passwordHash !== null
}
