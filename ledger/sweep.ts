import { sql } from 'kysely'
import type { NetworkId, TransactionUuid, WalletId } from './commands.ts'
import { post } from './post.ts'
import type { Ledger } from './ledger.ts'

/** Most wallets and holds handled in one go per network; what is left over is handled at once after. */
const dueMax = 1000

/**
 * Expires lots whose time has come and ends holds that ran out, in every network that posts. Safe to run anywhere at any time,
 * also in several processes: what another one did already is refused (`nothing_due`, `hold_ended`) and not counted.
 */
export async function sweep(ledger: Ledger): Promise<{ expired: number; timedOut: number }> {
  const count = { expired: 0, timedOut: 0 }
  const faults: unknown[] = []
  // A network that is behind its log posts nothing until that is put right.
  const networks = await ledger.db
    .selectFrom('ledger.head')
    .select('network_id')
    .where('halted', '=', false)
    .execute()
  for (const { network_id } of networks) {
    // What is wrong in one wallet must not keep the others', or other networks', points from expiring.
    try {
      while ((await sweepNetwork(ledger, network_id as NetworkId, { count, faults })) > 0);
      await sql`select ledger.forget_spent_qrs(${network_id})`.execute(ledger.db)
    } catch (error) {
      faults.push(error)
    }
  }
  await sql`select ledger.refresh_statistics()`.execute(ledger.db)
  if (faults.length > 0) throw new AggregateError(faults, `sweeping met ${faults.length} faults`)
  return count
}

/** @returns how many were posted: what is due may be more than one posting takes, so it is asked again until none is */
async function sweepNetwork(
  ledger: Ledger,
  network: NetworkId,
  { count, faults }: { count: { expired: number; timedOut: number }; faults: unknown[] },
): Promise<number> {
  const { rows } = await sql<{
    kind: 'expire' | 'time-out'
    wallet_id: WalletId
    hold_uuid: TransactionUuid
  }>`
    select kind, wallet_id, hold_uuid from ledger.due(${network}, ${dueMax})`.execute(ledger.db)
  const head = { key: null, credential: null, content: '' }
  const answers = await Promise.allSettled(
    rows.map((row) =>
      row.kind === 'expire'
        ? post(ledger, network, { kind: 'expire', ...head, wallet: row.wallet_id })
        : post(ledger, network, { kind: 'time-out', ...head, target: row.hold_uuid }),
    ),
  )
  for (const answer of answers) if (answer.status === 'rejected') faults.push(answer.reason)
  const posted = rows.filter((_, i) => {
    const answer = answers[i]!
    return answer.status === 'fulfilled' && answer.value.outcome === 'posted'
  })
  count.expired += posted.filter((row) => row.kind === 'expire').length
  count.timedOut += posted.filter((row) => row.kind === 'time-out').length
  return posted.length
}
