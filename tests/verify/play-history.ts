import type { Pool } from 'pg'
import type { Ledger } from '../../ledger/index.ts'
import { postBatch, type ComparedStage } from '../ledger/compare.ts'
import { toRealRow, type Batch } from '../ledger/history.ts'
import { dayToDate, setClock } from '../support/stage.ts'

/** Posts a drawn history on a stage, batch by batch, each on its day; day 0 is the stage's first. */
export async function playHistory(
  ledger: Ledger,
  admin: Pool,
  { stage, batches }: { readonly stage: ComparedStage; readonly batches: readonly Batch[] },
): Promise<void> {
  const key = await ledger.keyOf(stage.network)
  await setClock(admin, stage.network, dayToDate(0))
  let day = 0
  for (const { days, commands } of batches) {
    if (days > 0) await setClock(admin, stage.network, dayToDate((day += days)))
    const rows = commands.map((command) => toRealRow(key, stage, stage.approver, command))
    await postBatch(ledger.pool, stage.network, rows)
  }
}
