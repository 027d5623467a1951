import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { verify, type Options } from '@node-rs/argon2'
import { Refusal } from '../http/problems.ts'
import { createTurns } from '../turns.ts'
import { inPasswordProcess } from './password-processes.ts'

/** NIST SP 800-63B asks for 8 at least; the deployment's own operator has 12 as well. */
export const passwordLengthMin = 12
/** Far above what anyone types; it bounds the work that a stranger can ask for. */
export const passwordLengthMax = 1024

// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane.
const cost = {
  // Argon2id. The library's enum is `const` and ambient, so type stripping can't reach its value.
  algorithm: 2,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
} satisfies Options

// At most half of the processors, and behind all else that they have to do: however many people sign in at once, the
// tills go on. And nobody waits longer than some seconds: beyond that it is a flood, and told so.
const countMax = Math.max(1, Math.floor(availableParallelism() / 2))
const waitSeconds = 5
const turns = createTurns(countMax, { waitingMax: 100, waitMsMax: waitSeconds * 1000 })
const pinTurns = createTurns(countMax)

// Of a password that nobody knows, so that an unknown e-mail costs the same time as a wrong password.
const hashOfNothing =
  `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}` +
  `$${randomBase64(16)}$${randomBase64(32)}`

/**
 * argon2id in PHC form. The same characters typed on another keyboard give the same hash (NFKC, as NIST SP 800-63B).
 * Refuses `too_many_requests` when too many wait for theirs.
 */
export async function hashPassword(password: string): Promise<string> {
  return String((await turns.take(() => inPasswordProcess({ password, cost }))) ?? refuse())
}

/** Whether it is the password; `null` (no such person) takes as long and is false. Refuses as `hashPassword` does. */
export async function isPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const isOf = passwordHash ?? hashOfNothing
  const right = (await turns.take(() => inPasswordProcess({ password, isOf }))) ?? refuse()
  return right === true && passwordHash !== null
}

/**
 * Whether it is the PIN. It is entered at a till that is let in, and somebody stands there: it waits for no stranger who
 * tries passwords, and has the tills' own priority.
 */
export async function isPin(pinHash: string, pin: string): Promise<boolean> {
  return (await pinTurns.take(() => verify(pinHash, pin.normalize('NFKC')))) === true
}

/** Without padding, as PHC strings have it. */
function randomBase64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '')
}

function refuse(): never {
  throw new Refusal('too_many_requests', {
    headers: { 'Retry-After': String(waitSeconds) },
    detail: `Too many people enter passwords at this moment. Try again in ${waitSeconds} seconds.`,
  })
}
