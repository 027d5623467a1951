import { setTimeout as pause } from 'node:timers/promises'
import { ProofError } from '../proofs/errors.ts'
import type { LogClient, Proposal } from './log-client.ts'
import { judgeCandidate, LogTrouble, signForChain, type Judged, type Witness } from './witness.ts'

const roundPauseMs = 1_000
const troublePauseMsMax = 60_000

/** What a follower works with. */
export interface Following {
  readonly witness: Witness
  readonly log: LogClient
  /** Ends the following. */
  readonly signal: AbortSignal
  /** One line for people. */
  readonly say: (text: string) => void
  /** Proposals that were told of, by their entries. */
  readonly toldOf: Set<number>
}

/**
 * Co-signs one candidate after the other until `signal` ends it; waits longer and longer (a minute at most) while the
 * log can't be reached or refuses. Throws `ForkSeen`.
 */
export async function followLog(following: Following): Promise<void> {
  const { signal, say } = following
  let handedIn = ''
  let troubles = 0
  while (!signal.aborted) {
    let pauseMs = roundPauseMs
    try {
      handedIn = await followOnce(following, handedIn)
      troubles = 0
    } catch (error) {
      if (!isTrouble(error)) throw error
      if (signal.aborted) return
      pauseMs = Math.min(roundPauseMs * 2 ** troubles++, troublePauseMsMax)
      say(`${explain(error)} Trying again in ${pauseMs / 1000} s.`)
    }
    await pause(pauseMs, undefined, { signal }).catch(() => {})
  }
}

/**
 * Judges what the log offers now and hands in the signatures; nothing where it is `handedIn` already. Answers what is
 * handed in then. Throws `ForkSeen`, or what `isTrouble` knows.
 */
export async function followOnce({ witness, log, say, toldOf }: Following, handedIn = ''): Promise<string> {
  const candidate = await log.readCandidate()
  if (candidate === null) throw new LogTrouble('The log offers nothing to co-sign yet.')
  if (candidate === handedIn) return handedIn
  const judged = await judgeCandidate(witness, candidate, log.readTree)
  if (judged.kind === 'smaller') throw new LogTrouble(describeSmaller(judged))
  const { checkpoint, line } = judged
  let chainSignature: string | null = null
  let chainTrouble: unknown = null
  try {
    const { contract, proposed } = await log.readState()
    if (proposed && !toldOf.has(proposed.entry)) {
      say(describeProposal(proposed))
      toldOf.add(proposed.entry)
    }
    chainSignature = contract && (await signForChain(witness, contract, checkpoint))
  } catch (error) {
    if (!isTrouble(error)) throw error
    chainTrouble = error
  }
  // Whatever is wrong about the chain, the checkpoint itself is co-signed.
  await log.submit({ size: checkpoint.size, line, chainSignature })
  say(
    `Co-signed ${checkpoint.size} entries of ${checkpoint.origin}${chainSignature ? ', for the chain too' : ''}.`,
  )
  if (chainTrouble !== null) throw chainTrouble
  return candidate
}

/** Whether it may be better the next time; anything else ends the witness. */
export function isTrouble(error: unknown): error is LogTrouble | ProofError {
  return error instanceof LogTrouble || error instanceof ProofError
}

/** What is wrong and what to do, in words. */
export function explain(error: LogTrouble | ProofError): string {
  if (error instanceof ProofError && error.code === 'log_unknown') {
    return (
      `${error.message} Its operator has begun a new log, as after a backup was restored. Ask why; ` +
      'to follow the new one, begin with a new --state folder.'
    )
  }
  return error.message
}

function describeProposal({ quorum, witnesses, entry }: Proposal): string {
  return (
    `The operator proposes, in entry ${entry}, that ${witnesses.join(', ') || 'nobody'} co-sign from now on, ${quorum} of ` +
    'them a quorum. Whoever co-signs that entry agrees: stop this witness if you do not, until it is taken back.'
  )
}

function describeSmaller({ checkpoint, known }: Judged & { kind: 'smaller' }): string {
  return (
    `The log offers ${checkpoint.size} entries, and has shown this witness ${known.size} before. It is not co-signed: ` +
    'either an old backup was restored, or entries are being hidden. Ask the operator.'
  )
}
