// The ledger's only door.
export type Uuid = string
export * from './points.ts'
export * from './commands.ts'
export { createLedger, type Ledger, type LedgerOptions } from './ledger.ts'
export { LedgerUnavailable, isDisconnection } from './poster.ts'
export { isQrSpent, post, stopPosting } from './post.ts'
export { lockHead, postWithin } from './post-within.ts'
export type { NetworkKey } from './keyed-hash.ts'
export * from './networks.ts'
export { currencyDigits } from './currencies.ts'
export { readCounters } from './counters.ts'
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
export { connectClient, migrate, type MigrationSource } from './database/migrate.ts'
export { startEmbedded } from './database/embedded.ts'
export type { GovernanceEvent, LedgerTables, Multiplier } from './database/tables.ts'
export { checkLog, checkLogs } from './log/check.ts'
export { readReceipt, type Receipt } from './log/receipt.ts'
export { recoverLog, type Recovered } from './log/recover.ts'
export { createLogMemory, type LogMemory } from './log/memory.ts'
export { openLog } from './log/open.ts'
export type { LogParts, SeenElsewhere } from './log/parts.ts'
export { isLogHalted, LogRefused, readRefusal, refuseLog, type SeenTree } from './log/refusal.ts'
export { noteOf, readCheckpoint, readLog, readNodesOf, readTilesOf, type Log } from './log/store.ts'
export { createLogWriter, type LogWriter } from './log/writer.ts'
export {
  addCosignature,
  offerCandidate,
  withCosignatures,
  type AddedCosignature,
} from './log/cosignatures.ts'
export {
  faultOfWitnesses,
  proposeWitnessPolicy,
  readWitnessPolicies,
  type PolicyWitness,
  type WitnessPolicies,
  type WitnessPolicy,
} from './log/witness-policy.ts'
export { ProofError } from './proofs/errors.ts'
export { formatNote } from './proofs/note.ts'
export { hashBytes } from './proofs/merkle.ts'
export { parseTilePath, type Tile } from './proofs/tiles.ts'
export {
  createAnchoring,
  seenOnChain,
  type AnchorFault,
  type Anchoring,
  type AnchoringSettings,
} from './anchor/anchor.ts'
export { compactSignature } from './anchor/anchor-message.ts'
export { ChainError, openChain, readChainId, readSettledBlock, type Chain } from './anchor/chain.ts'
export { collectAnchorEvidence } from './anchor/collect-evidence.ts'
export { readContract } from './anchor/contract.ts'
export type { AnchorEvidence } from './anchor/evidence.ts'
export {
  nameAnchorContract,
  readAnchorContract,
  readAnchorLags,
  readAnchors,
  recordAnchorWitnesses,
  type AnchorLag,
  type NamedContract,
} from './anchor/store.ts'
export {
  chooseSignatures,
  describeProposal,
  formatProposal,
  parseProposal,
  readWitnessSets,
  type WitnessSet,
} from './anchor/witness-sets.ts'
export { askWitnesses } from './log/ask-witnesses.ts'
export {
  countEntryBytes,
  planExport,
  readAccountRows,
  readEntryTexts,
  type ExportPlan,
} from './verify/export-source.ts'
export { checkRows, entriesPerCheck, type RowsChecked } from './verify/check-rows.ts'
export { countEntries } from './verify/words.ts'
export { explainArguments, explainFile, giveHelp, readNamedFile } from './command-line.ts'
