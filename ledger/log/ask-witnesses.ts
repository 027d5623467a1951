import type { NetworkId } from '../commands.ts'
import type { Ledger } from '../ledger.ts'
import { parseCheckpoint } from '../proofs/checkpoint.ts'
import { ProofError } from '../proofs/errors.ts'
import { verifyNote } from '../proofs/note.ts'
import { checkpointPath } from './checkpoint-path.ts'
import type { SeenElsewhere } from './parts.ts'
import type { SeenTree } from './refusal.ts'
import { readLog } from './store.ts'
import { readWitnessPolicies, type PolicyWitness } from './witness-policy.ts'

/**
 * Asks the witnesses that answer somewhere, those in force and those proposed, for the last checkpoint they have seen of
 * a network's log. What they say counts only with the log's own signature, so that none of them can stop it by a lie.
 * @param fetchText reads an address; null when there is no answer in good time
 */
export function askWitnesses(
  ledger: Ledger,
  fetchText: (url: string) => Promise<string | null>,
): SeenElsewhere {
  return async (network) => {
    const log = await readLog(ledger.db, network)
    if (!log) return []
    const { inForce, proposed } = await readWitnessPolicies(ledger.db, network)
    const witnesses = new Map(
      [inForce, proposed]
        .flatMap((policy) => policy?.witnesses ?? [])
        .map((witness) => [witness.url, witness]),
    )
    const seen = await Promise.all(
      [...witnesses.values()].map(async (witness) => {
        const { url } = witness
        const note = url === null ? null : await fetchText(`${url}${checkpointPath(log.origin)}`)
        return note === null ? [] : await readSeen(ledger, network, { witness, note })
      }),
    )
    return seen.flat()
  }
}

async function readSeen(
  ledger: Ledger,
  network: NetworkId,
  { witness, note }: { witness: PolicyWitness; note: string },
): Promise<SeenTree[]> {
  try {
    const checkpoint = parseCheckpoint(note)
    if (!verifyNote(checkpoint.note, await ledger.logKeyOf(network, checkpoint.origin))) return []
    const { origin, size, root } = checkpoint
    return [{ origin, size, root, where: `the witness ${witness.name}` }]
  } catch (error) {
    if (error instanceof ProofError) return []
    throw error
  }
}
