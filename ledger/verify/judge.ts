import { equalBytes } from '../proofs/bytes.ts'
import { ProofError } from '../proofs/errors.ts'
import { requireQuorum, type Policy } from '../proofs/policy.ts'
import type { FiledCheckpoint, ReadExport } from './read-export.ts'
import { countEntries, grouped } from './words.ts'

/** What is to be said of a log, with the code that the command ends with. */
export const exitCodes = { whole: 0, keys_not_trusted: 10, diverged: 30, unreadable: 40 } as const
export type Verdict = keyof typeof exitCodes

export interface Finding {
  readonly verdict: Verdict
  /** Whole sentences: why. */
  readonly words: readonly string[]
}

/** A checkpoint of the log that the auditor has from elsewhere. */
export interface HeldCheckpoint {
  /** In words: what holds it. */
  readonly holder: string
  readonly size: number
  readonly root: Uint8Array
  /** Whether that is a contract the auditor trusts, and so reason to trust the log up to there. */
  readonly vouches: boolean
}

/** Whom the auditor trusts, got elsewhere than from the export. */
export interface Trust {
  readonly policy: Policy | null
  readonly checkpoints: readonly HeldCheckpoint[]
  /** Of the log that the auditor's contract is for; left out where neither it nor an entry says so. */
  readonly contractOrigin?: string
}

/** Judges an export that was read: all of it must agree, and somebody trusted must vouch for it. */
export function judge(read: ReadExport, trust: Trust): Finding {
  const wrong = [...findForgeries(read, trust), ...findDivergence(read, trust), ...read.damaged]
  if (wrong.length > 0) return { verdict: 'diverged', words: wrong }
  return findStrangers(read, trust) ?? findTrust(read, trust)
}

/** Checkpoints of another log than the one that the contract is for, recovered or not. */
function findStrangers({ checkpoints, replay }: ReadExport, trust: Trust): Finding | null {
  if (!trust.checkpoints.some(({ vouches }) => vouches)) return null
  const { members } = replay.books
  const own = members.linkedOrigins(
    trust.contractOrigin ?? members.origins[0]?.origin ?? oldestOf(checkpoints)?.origin ?? '',
  )
  const strange = checkpoints.filter(({ origin }) => !own.has(origin))
  const words = strange.map(({ file, origin }) => `${file} is of ${origin}, another log than the contract's.`)
  return words.length > 0 ? { verdict: 'keys_not_trusted', words } : null
}

/** Where entries, checkpoints and what trusted people hold contradict each other. */
function findDivergence({ played, checkpoints, replay }: ReadExport, trust: Trust): string[] {
  const words: string[] = []
  const newest = newestOf(checkpoints)
  const held = [
    ...checkpoints.map((checkpoint) => ({ ...checkpoint, holder: checkpoint.file })),
    ...trust.checkpoints,
  ].toSorted((a, b) => a.size - b.size)
  const firstWrong = held.find(({ size, root }) => !matches(played.roots.get(size), root))
  const lastRight = held.findLast(({ size, root }) => matches(played.roots.get(size), root))
  if (played.wrong) {
    const { index, words: what } = played.wrong
    const signed = held.some(({ size, root }) => size > index && matches(played.roots.get(size), root))
    words.push(`Entry ${index} ${what}${signed ? ' (and was signed like that)' : ''}.`)
  } else if (newest && replay.books.members.network === '') {
    words.push('The log has no entry.')
  }
  if (firstWrong) {
    const { size, holder } = firstWrong
    if (size > played.size) {
      words.push(
        `The log was cut off: it has ${countEntries(played.size)}, where ${holder} is of ${size}. The first missing is ` +
          `entry ${played.size}.`,
      )
    } else if (lastRight && lastRight.size > size) {
      words.push(
        `${holder} is of ${countEntries(size)} and has another root than they give, though ${lastRight.holder} agrees with ` +
          'them: it was forged, or the log has forked.',
      )
    } else {
      words.push(
        `The entries give another root than ${holder}, which is of ${countEntries(size)}: one of the entries ` +
          `${lastRight?.size ?? 0} to ${size - 1} is not what was signed.`,
      )
    }
  }
  if (newest && played.size > newest.size) {
    words.push(`Entries from ${newest.size} on are in no checkpoint: they were added to the export.`)
  }
  return words
}

function matches(root: Uint8Array | undefined, signed: Uint8Array): boolean {
  return root !== undefined && equalBytes(root, signed)
}

/** Checkpoints whose signatures in the name of trusted keys are false. */
function findForgeries({ checkpoints }: ReadExport, { policy }: Trust): string[] {
  return checkpoints.flatMap((checkpoint) => {
    if (!policy) return []
    try {
      requireQuorum(policy, checkpoint)
      return []
    } catch (error) {
      if (!(error instanceof ProofError)) throw error
      return error.code === 'signature_wrong' ? [`${checkpoint.file}: ${error.message}`] : []
    }
  })
}

/** Who vouches for the entries: a quorum of the auditor's own policy, or a contract of the auditor's own. */
function findTrust({ checkpoints, played }: ReadExport, trust: Trust): Finding {
  const newest = newestOf(checkpoints)
  if (!newest) return { verdict: 'unreadable', words: ['The export has no checkpoint.'] }
  const words: string[] = []
  if (trust.policy) {
    try {
      const { witnesses } = requireQuorum(trust.policy, newest)
      const names = witnesses.map(({ witness }) => witness.name)
      words.push(
        `${all(played.size)} as the log ${newest.origin} signed them` +
          (names.length > 0
            ? `, and as ${names.join(', ')} witnessed.`
            : '; the policy asks for no witness.'),
      )
    } catch (error) {
      if (!(error instanceof ProofError)) throw error
      return { verdict: 'keys_not_trusted', words: [`${newest.file}: ${error.message}`] }
    }
  }
  const vouching = trust.checkpoints.filter(({ vouches }) => vouches)
  const covered = vouching.reduce((most, { size }) => Math.max(most, size), 0)
  if (covered > 0) words.push(`${first(covered)} as ${vouching[0]!.holder} has them.`)
  if (!trust.policy && covered > 0 && covered < played.size) {
    words.push(
      `Of those after them (${played.size - covered}) nobody vouches but the log itself: trust nothing that hangs on ` +
        'them, or give a policy (--policy FILE) as well.',
    )
    return { verdict: 'keys_not_trusted', words }
  }
  if (words.length === 0) {
    return {
      verdict: 'keys_not_trusted',
      words: [
        'The export agrees with itself, but nothing says whose it is. Give a policy (--policy FILE) or a contract ' +
          '(--contract ADDRESS with --block HASH or --rpc URL) that you got elsewhere, from a member you trust.',
      ],
    }
  }
  return { verdict: 'whole', words }
}

function all(count: number): string {
  return count === 1 ? 'The only entry is' : `All ${grouped(count)} entries are`
}

function first(count: number): string {
  return count === 1 ? 'The first entry is' : `The first ${grouped(count)} entries are`
}

function oldestOf(checkpoints: readonly FiledCheckpoint[]): FiledCheckpoint | null {
  return checkpoints.toSorted((a, b) => a.size - b.size)[0] ?? null
}

/** The checkpoint of the most entries. */
export function newestOf(checkpoints: readonly FiledCheckpoint[]): FiledCheckpoint | null {
  return checkpoints.toSorted((a, b) => b.size - a.size)[0] ?? null
}
