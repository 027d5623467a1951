import { availableParallelism } from 'node:os'
import { hash, verify, type Options } from '@node-rs/argon2'
import { Refusal } from '../http/problems.ts'
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

// Half of the processors: however many people sign in at once, the tills have the other half. And nobody waits longer
// than some seconds: beyond that it is a flood, and told so at once.
const turns = createTurns(Math.max(1, Math.floor(availableParallelism() / 2)), 100)
const waitSeconds = 5

// Of a password that nobody knows, so that an unknown e-mail costs the same time as a wrong password.
const hashOfNothing = hash(crypto.getRandomValues(new Uint8Array(32)), cost)

/**
 * argon2id in PHC form. The same characters typed on another keyboard give the same hash (NFKC, as NIST SP 800-63B).
 * Refuses `too_many_requests` when too many wait for theirs.
 */
export async function hashPassword(password: string): Promise<string> {
  return await (turns.take(() => hash(password.normalize('NFKC'), cost)) ?? refuse())
}

/** Whether it is the password; `null` (no such person) takes as long and is false. Refuses as `hashPassword` does. */
export async function isPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const known = passwordHash ?? (await hashOfNothing)
  const right = await (turns.take(() => verify(known, password.normalize('NFKC'))) ?? refuse())
  return right && passwordHash !== null
}

/** Whether it is the PIN. It is entered at a till that is let in, so it waits for no stranger who tries passwords. */
export async function isPin(pinHash: string, pin: string): Promise<boolean> {
  return (await turns.take(() => verify(pinHash, pin.normalize('NFKC')), { isUrgent: true })) === true
}

function refuse(): never {
  throw new Refusal('too_many_requests', {
    headers: { 'Retry-After': String(waitSeconds) },
    detail: `Too many people enter passwords at this moment. Try again in ${waitSeconds} seconds.`,
  })
}
