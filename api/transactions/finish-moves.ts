import type { Ledger } from '../../ledger/index.ts'
import { auditSystem } from '../audit/record.ts'
import { Refusal } from '../http/problems.ts'
import type { Db } from '../tables.ts'
import { listCutOff } from './begun-move-store.ts'
import { moveSale } from './move.ts'

/** Finishes the moves that were cut off: after each the points are with one of the two. Safe in several processes. */
export async function finishMoves(parts: { readonly db: Db; readonly ledger: Ledger }): Promise<void> {
  const faults: unknown[] = []
  for (const move of await listCutOff(parts.db)) {
    try {
      await moveSale({ ...parts, audit: auditSystem(move.network, 'finish-move') }, move)
    } catch (error) {
      // Refused, it is where it was.
      if (!(error instanceof Refusal)) faults.push(error)
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `finishing moves met ${faults.length} faults`)
}
