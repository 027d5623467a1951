/** The tables of schema `ledger` as Kysely sees them, keyed by qualified name. */
export interface LedgerTables {}
