import type { Pool } from 'pg'

/** Who was refused what is written down, and guesses are counted; nothing else may change with a refusal. */
const changedByRefusals = new Set(['api.audit_event', 'api.audit_source', 'api.guess'])
/** The clock in a head goes on, a till is seen, and wrong codes are counted, whatever is answered. */
const rowsThatStay: Readonly<Record<string, string>> = {
  'ledger.head': '(select network_id, next_index from ledger.head)',
  'api.till': `(select to_jsonb(x) - 'last_used_at' as row from api.till x)`,
  'api.wallet_session': `(select to_jsonb(x) - 'attempts' as row from api.wallet_session x)`,
  'api.email_change': `(select to_jsonb(x) - 'attempts' as row from api.email_change x)`,
}

/** A function that gives of each table a digest of its rows: what is the same before and after a refusal. */
export async function openDigests(admin: Pool): Promise<() => Promise<Record<string, string>>> {
  const { rows: found } = await admin.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('ledger', 'api') and tablename <> 'migration'`,
  )
  const tables = found.map(({ name }) => name).filter((name) => !changedByRefusals.has(name))
  const query = tables
    .map((table) => {
      const rows = rowsThatStay[table] ?? table
      return `select '${table}' as name, coalesce(sum(hashtextextended(t::text, 0)), 0) as digest from ${rows} t`
    })
    .join(' union all ')
  return async () => {
    const { rows } = await admin.query<{ name: string; digest: string }>(query)
    return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]))
  }
}
