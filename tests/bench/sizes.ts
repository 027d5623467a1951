import type { Pool } from 'pg'
import type { NetworkId } from '../../ledger/index.ts'

/** Bytes on disk a transaction, of everything in the schema `ledger` and of each table and index of any weight. */
export interface Sizes {
  readonly perTransaction: number
  readonly parts: Record<string, number>
}

/** Sizes after `vacuum analyze`. `admin`: of a superuser. */
export async function measureSizes(admin: Pool, network: NetworkId): Promise<Sizes> {
  await admin.query('vacuum analyze')
  const { rows } = await admin.query<{ count: bigint }>(
    'select count(*) as count from ledger.transaction where network_id = $1',
    [network],
  )
  const { rows: relations } = await admin.query<{ name: string; bytes: bigint }>(`
    select c.relname as name, pg_table_size(c.oid) as bytes from pg_class c
    where c.relnamespace = 'ledger'::regnamespace and c.relkind in ('r', 'i') order by bytes desc`)
  const count = Number(rows[0]!.count)
  const perTransaction = (bytes: number) => Math.round((bytes / count) * 10) / 10
  return {
    perTransaction: perTransaction(relations.reduce((sum, { bytes }) => sum + Number(bytes), 0)),
    parts: Object.fromEntries(
      relations
        .map(({ name, bytes }) => [name, perTransaction(Number(bytes))] as const)
        .filter(([, bytes]) => bytes >= 0.5),
    ),
  }
}
