import { fromUtf8 } from './bytes.ts'
import type { SignedCheckpoint } from './checkpoint.ts'
import { verifyCosignature } from './cosignature.ts'
import { ProofError } from './errors.ts'
import {
  formatVerifierKey,
  keyTypes,
  parseVerifierKey,
  sameKey,
  verifyNote,
  type VerifierKey,
} from './note.ts'

// C2SP tlog-policy (https://c2sp.org/tlog-policy). Names are compared as UTF-8, which bytes that aren't UTF-8 fail.

export type PolicyLog = { key: VerifierKey; url: string | null }
export type PolicyWitness = { name: string; key: VerifierKey; url: string | null }
/** `threshold` of the members (witnesses or earlier groups) make the group. */
export type PolicyGroup = { name: string; threshold: number; members: readonly string[] }
/** Whom someone trusts: any of the logs, with the quorum (a witness's or group's name, or `none`). */
export type Policy = {
  logs: readonly PolicyLog[]
  witnesses: readonly PolicyWitness[]
  groups: readonly PolicyGroup[]
  quorum: string
}

const noQuorum = 'none'
const lineCountMax = 10_000

/** Reads a policy; throws `policy_malformed` with the line that is wrong. */
export function parsePolicy(policy: string | Uint8Array): Policy {
  const text = typeof policy === 'string' ? policy : fromUtf8(policy)
  if (text === null || !text.isWellFormed())
    throw new ProofError('policy_malformed', 'The policy is not UTF-8.')
  const lines = text.split('\n')
  if (lines.length > lineCountMax) throw new ProofError('policy_malformed', 'The policy has too many lines.')
  const reading: Reading = { logs: [], witnesses: [], groups: [], quorum: null, members: new Set() }
  for (const [at, line] of lines.entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '')
    if (words.length === 0 || words[0]?.startsWith('#')) continue
    // oxlint-disable-next-line no-control-regex -- the format forbids them
    const reason = /[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)
      ? 'control characters'
      : readLine(reading, words)
    if (reason) throw new ProofError('policy_malformed', `Line ${at + 1} of the policy is wrong: ${reason}.`)
  }
  const { logs, witnesses, groups, quorum } = reading
  if (quorum === null) throw new ProofError('policy_malformed', 'The policy has no quorum line.')
  return { logs, witnesses, groups, quorum }
}

/** The policy as text, one line each; reading it gives the same policy. */
export function formatPolicy({ logs, witnesses, groups, quorum }: Policy): string {
  const withUrl = (url: string | null) => (url === null ? '' : ` ${url}`)
  return [
    ...logs.map(({ key, url }) => `log ${formatVerifierKey(key)}${withUrl(url)}`),
    ...witnesses.map(({ name, key, url }) => `witness ${name} ${formatVerifierKey(key)}${withUrl(url)}`),
    ...groups.map(({ name, threshold, members }) => `group ${name} ${threshold} ${members.join(' ')}`),
    `quorum ${quorum}`,
    '',
  ].join('\n')
}

/** Who vouches for a checkpoint: the log of the policy that signed it, and its witnesses with their times. */
export type Vouchers = {
  log: PolicyLog
  witnesses: { witness: PolicyWitness; at: number }[]
  quorum: boolean
}

/**
 * Judges a checkpoint by a policy. Throws `log_unknown` when none of its logs is of this origin,
 * `signature_missing` when that log hasn't signed, `signature_wrong` for a false signature in a known name. A quorum
 * that isn't reached is told, not thrown.
 */
export function findVouchers(policy: Policy, checkpoint: SignedCheckpoint): Vouchers {
  const logs = policy.logs.filter(({ key }) => key.name === checkpoint.origin)
  if (logs.length === 0) {
    throw new ProofError('log_unknown', `The policy knows no log ${checkpoint.origin}.`)
  }
  // All are looked at before one is chosen: a false signature in any known name spoils the checkpoint.
  const [log] = logs.filter(({ key }) => verifyNote(checkpoint.note, key))
  const witnesses = policy.witnesses.flatMap((witness) => {
    const at = verifyCosignature(checkpoint.note, witness.key)
    return at === null ? [] : [{ witness, at }]
  })
  if (!log)
    throw new ProofError('signature_missing', `The log ${checkpoint.origin} has not signed this checkpoint.`)
  const names = new Set(witnesses.map(({ witness }) => witness.name))
  return { log, witnesses, quorum: reachesQuorum(policy, names) }
}

/** As `findVouchers`, and throws `quorum_missing` when too few witnesses have cosigned. */
export function requireQuorum(policy: Policy, checkpoint: SignedCheckpoint): Vouchers {
  const vouchers = findVouchers(policy, checkpoint)
  if (!vouchers.quorum) {
    const { length } = vouchers.witnesses
    const number = `${length} ${length === 1 ? 'witness has' : 'witnesses have'}`
    throw new ProofError(
      'quorum_missing',
      `${number} cosigned: the policy's quorum (${policy.quorum}) needs more.`,
    )
  }
  return vouchers
}

/** Whether the witnesses of these names are a quorum. */
export function reachesQuorum(policy: Policy, witnesses: ReadonlySet<string>): boolean {
  const reached = new Set(witnesses)
  // Groups only name what stands before them, so one pass in their order settles all.
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => reached.has(member)).length >= threshold) reached.add(name)
  }
  return policy.quorum === noQuorum || reached.has(policy.quorum)
}

type Reading = {
  logs: PolicyLog[]
  witnesses: PolicyWitness[]
  groups: PolicyGroup[]
  quorum: string | null
  members: Set<string>
}

/** Reads one line into `reading`; answers what is wrong with it, if anything. */
function readLine(reading: Reading, [keyword, ...words]: string[]): string | null {
  switch (keyword) {
    case 'log':
      return readLog(reading, words)
    case 'witness':
      return readWitness(reading, words)
    case 'group':
      return readGroup(reading, words)
    case 'quorum':
      return readQuorum(reading, words)
    default:
      return 'it begins with none of log, witness, group and quorum'
  }
}

function readLog({ logs }: Reading, [vkey, url, ...more]: string[]): string | null {
  const key = readKey(vkey, keyTypes.ed25519)
  if (typeof key === 'string') return key
  if (!key || more.length > 0) return 'it is not "log <vkey> [<url>]"'
  if (logs.some((log) => sameKey(log.key, key))) return 'this log is there already'
  logs.push({ key, url: url ?? null })
  return null
}

function readWitness(reading: Reading, [name, vkey, url, ...more]: string[]): string | null {
  const key = readKey(vkey, keyTypes.cosignature)
  if (typeof key === 'string') return key
  if (name === undefined || !key || more.length > 0) return 'it is not "witness <name> <vkey> [<url>]"'
  if (isTaken(reading, name)) return `the name ${name} is taken`
  if (reading.witnesses.some((witness) => sameKey(witness.key, key))) return 'this witness is there already'
  reading.witnesses.push({ name, key, url: url ?? null })
  return null
}

function readGroup(reading: Reading, [name, count, ...members]: string[]): string | null {
  if (name === undefined || count === undefined || members.length === 0) {
    return 'it is not "group <name> <all | any | number> <name>…"'
  }
  const threshold = count === 'all' ? members.length : count === 'any' ? 1 : Number(count)
  if (!/^(all|any|[1-9][0-9]*)$/.test(count) || threshold > members.length)
    return `${count} is no number of its members`
  if (isTaken(reading, name)) return `the name ${name} is taken`
  for (const member of members) {
    if (!isDefined(reading, member)) return `no line before it defines ${member}`
    if (reading.members.has(member)) return `${member} is in a group already`
    reading.members.add(member)
  }
  reading.groups.push({ name, threshold, members })
  return null
}

function readQuorum(reading: Reading, [name, ...more]: string[]): string | null {
  if (name === undefined || more.length > 0) return 'it is not "quorum <name>"'
  if (reading.quorum !== null) return 'the quorum is there already'
  if (name !== noQuorum && !isDefined(reading, name)) return `no line before it defines ${name}`
  reading.quorum = name
  return null
}

function isTaken(reading: Reading, name: string): boolean {
  return name === noQuorum || isDefined(reading, name)
}

function isDefined({ witnesses, groups }: Reading, name: string): boolean {
  return [...witnesses, ...groups].some((defined) => defined.name === name)
}

/** `<name>+<key id in hex>+<base64>` */
const keyForm = /^[^+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/

/** Null where it has not the form of a key; else what is wrong with it, in words. */
function readKey(vkey: string | undefined, type: VerifierKey['type']): VerifierKey | string | null {
  try {
    const key = parseVerifierKey(vkey ?? '')
    if (key.type === type) return key
    return type === keyTypes.ed25519
      ? "its key is a witness's, not a log's"
      : "its key is a log's, not a witness's"
  } catch {
    const isMistyped = keyForm.test(vkey ?? '')
    return isMistyped
      ? 'its key has the form of one, but its parts do not belong together: it is mistyped'
      : null
  }
}
