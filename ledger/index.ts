// The ledger's only door.
export type Uuid = string
export * from './points.ts'
export * from './commands.ts'
export { createLedger, type Ledger, type LedgerOptions } from './ledger.ts'
export { LedgerUnavailable, isDisconnection } from './poster.ts'
export { isQrSpent, post, stopPosting } from './post.ts'
export * from './networks.ts'
export { currencyDigits } from './currencies.ts'
export { readWallet, type Wallet, type WalletLot } from './wallets.ts'
export { readMerchantBalances, readWalletAsOf, type MerchantBalances } from './balances.ts'
export {
  listTransactions,
  readEntriesAfter,
  type LogEntry,
  readTransaction,
  type Transaction,
  type TransactionFilter,
  type TransactionLeg,
} from './transactions.ts'
export { sweep } from './sweep.ts'
export { createDb, createPool, type Db, type PoolOptions, type Tx } from './database/connect.ts'
export { migrate, type MigrationSource } from './database/migrate.ts'
export { startEmbedded } from './database/embedded.ts'
export type { GovernanceEvent, LedgerTables, Multiplier } from './database/tables.ts'
