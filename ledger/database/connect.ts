import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import { Pool, types, type CustomTypesConfig } from 'pg'
import type { LedgerTables } from './tables.ts'

/** May open a transaction. */
export type Db<Tables = LedgerTables> = Kysely<Tables>
/** Demands one. */
export type Tx<Tables = LedgerTables> = Transaction<Tables>
/** Any transaction whose tables include the ledger's: its owner's rows and the ledger's then commit together. */
export type AnyTx = Pick<Tx, 'executeQuery' | 'getExecutor' | 'isTransaction'>

export interface PoolOptions {
  /** The role that every connection takes on; that of the login when left out. */
  readonly role?: 'tally_api'
  /** Most connections at once. */
  readonly max: number
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string
  /** Told of connections that broke while idle; the pool opens others. */
  readonly onIdleError: (error: Error) => void
}

type TypeId = (typeof types.builtins)[keyof typeof types.builtins]

const { INT8, DATE } = types.builtins
// pg_type.dat: _int8. pg's own parser gives strings.
const int8Array = 1016 as TypeId
const parseTextArray: (text: string) => (string | null)[] = types.getTypeParser(int8Array, 'text')

const parsers: CustomTypesConfig = {
  getTypeParser(oid: TypeId, format?: 'text' | 'binary') {
    if (format === 'binary') return types.getTypeParser(oid, 'binary')
    if (oid === INT8) return BigInt
    if (oid === int8Array) return parseInt8Array
    // A local day has no time zone; a Date would give it one.
    if (oid === DATE) return String
    return types.getTypeParser(oid, 'text')
  },
}

/**
 * A pool of connections. Values come back as `bigint` (int8, int8[]), `Date` (timestamptz), `YYYY-MM-DD` (date),
 * `Buffer` (bytea), and strings for numeric.
 */
export function createPool(url: string, { role, max, applicationName, onIdleError }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: applicationName,
    types: parsers,
    ...(role && { options: `-c role=${role}` }),
  })
  pool.on('error', onIdleError)
  // One that breaks while in use but between two queries: its user hears of it from the next query. Without a listener
  // it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** Typed queries over a pool; ending it with `destroy()` ends the pool. */
export function createDb<Tables = LedgerTables>(pool: Pool): Db<Tables> {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}

function parseInt8Array(text: string): (bigint | null)[] {
  return parseTextArray(text).map((item) => (item === null ? null : BigInt(item)))
}
