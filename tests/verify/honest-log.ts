import type { Pool } from 'pg'
import type { AccountRow } from '../../ledger/verify/accounts.ts'
import type { NetworkId } from '../../ledger/index.ts'

/** A network's log and accounts as an export has them. */
export interface HonestLog {
  readonly accounts: AccountRow[]
  readonly lines: string[]
}

export async function readHonestLog(pool: Pool, network: NetworkId): Promise<HonestLog> {
  const entries = await pool.query<{ entry: string }>(
    `select ledger.entry($1, i) as entry
     from ledger.head h, generate_series(0, h.next_index - 1) i where h.network_id = $1 order by i`,
    [network],
  )
  const accounts = await pool.query<AccountRow & { merchant: string | null }>(
    `select a.account_uuid as account, a.kind, m.merchant_uuid as merchant
     from ledger.account a left join ledger.merchant m using (network_id, merchant_id)
     where a.network_id = $1 order by a.account_id`,
    [network],
  )
  return {
    lines: entries.rows.map(({ entry }) => entry),
    accounts: accounts.rows.map(({ account, kind, merchant }) => ({
      account,
      kind,
      ...(merchant !== null && { merchant }),
    })),
  }
}
