import { hashQr, toRow } from './command-row.ts'
import type { Answer, Command, NetworkId } from './commands.ts'
import type { Ledger } from './ledger.ts'

/**
 * Posts one command, batched with whatever else its network is asked at that moment. The answer comes once it is
 * committed. A refusal is an answer, not an error.
 * @throws LedgerUnavailable when the database is away; other errors are faults of ours
 */
export async function post(ledger: Ledger, network: NetworkId, command: Command): Promise<Answer> {
  return ledger.poster.post(network, toRow(await ledger.keyOf(network), command))
}

/** Resolves when every command given so far has its answer. Call it after the HTTP server has closed. */
export async function stopPosting(ledger: Ledger): Promise<void> {
  await ledger.poster.idle()
}

/** Whether a posting has used the QR with this id (`SpentQr.id`). For a first word only: the posting checks it again. */
export async function isQrSpent(
  ledger: Pick<Ledger, 'db' | 'keyOf'>,
  network: NetworkId,
  id: string,
): Promise<boolean> {
  const row = await ledger.db
    .selectFrom('ledger.spent_qr')
    .select('entry_index')
    .where('network_id', '=', network)
    .where('qr_hash', '=', hashQr(await ledger.keyOf(network), id))
    .executeTakeFirst()
  return row !== undefined
}
