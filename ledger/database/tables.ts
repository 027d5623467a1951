import type { ColumnType, GeneratedAlways } from 'kysely'
import type { CommandKind } from '../commands.ts'
import type { LogRefusalCode } from '../log/refusal.ts'

export type AccountKind = 'wallet' | 'float' | 'accepted' | 'owed' | 'bridge' | 'due' | 'fees' | 'bank'

/** Entries of the log that move no points, by what happened. */
export type GovernanceEvent =
  | 'network_opened'
  | 'merchant_admitted'
  | 'merchant_let_go'
  | 'issuing_limit_changed'
  | 'credential_registered'
  | 'credential_revoked'
  | 'earning_rule_set'
  | 'merchant_multiplier_set'
  | 'enrolment_bonus_set'
  | 'wallet_closed'
  | 'audit_digest'
  | 'log_opened'
  | 'log_recovered'
  | 'anchor_contract_named'
  | 'anchor_witnesses_changed'
  | 'witness_policy_proposed'
  | 'witness_policy_started'

/** A rule's factor on its rate, and when and where it counts; the best that applies is taken, they don't add up. */
export interface Multiplier {
  /** Decimal string, e.g. `2`. */
  readonly factor: string
  /** ISO weekdays, 1 is Monday; all when left out. */
  readonly weekdays?: readonly number[]
  /** The network's local time, `HH:MM`, half-open; a window may go over midnight. The whole day when left out. */
  readonly from?: string
  readonly until?: string
  /** UUIDs; all when left out. */
  readonly merchants?: readonly string[]
}

/** A column that only the ledger's functions write. */
type Read<T> = ColumnType<T, never, never>

interface NetworkTable {
  network_id: GeneratedAlways<number>
  network_uuid: Read<string>
  currency: Read<string>
  currency_digits: Read<number>
  time_zone: Read<string>
  grace_days: Read<number>
  clock_at: Read<Date | null>
}

interface HeadTable {
  network_id: Read<number>
  next_index: Read<bigint>
  last_posted_at: Read<Date>
  halted: Read<boolean>
}

interface AccountTable {
  network_id: Read<number>
  account_id: Read<number>
  account_uuid: Read<string>
  kind: Read<AccountKind>
  merchant_id: Read<number | null>
  debits_posted: Read<bigint>
  credits_posted: Read<bigint>
  debits_pending: Read<bigint>
  credits_pending: Read<bigint>
  floor: Read<bigint | null>
  lowest_allowed: Read<bigint | null>
  locked: Read<boolean>
  closed: Read<boolean>
}

interface MerchantTable {
  network_id: Read<number>
  merchant_id: Read<number>
  merchant_uuid: Read<string>
  house: Read<boolean>
  float_account: Read<number>
  accepted_account: Read<number>
  owed_account: Read<number>
  due_account: Read<number>
  left_at: Read<Date | null>
}

interface CredentialTable {
  network_id: Read<number>
  credential_id: Read<number>
  credential_uuid: Read<string>
  kind: Read<'till' | 'person' | 'import' | 'network'>
  merchant_id: Read<number | null>
  revoked_at: Read<Date | null>
}

interface EarningRuleTable {
  network_id: Read<number>
  version: Read<number>
  points_per_currency_unit: Read<string>
  rounding: Read<'down' | 'nearest' | 'up'>
  expires_after_months: Read<number | null>
  daily_max_per_wallet: Read<bigint | null>
  min_spend_minor: Read<bigint | null>
  multipliers: Read<Multiplier[] | null>
  effective_from: Read<Date>
  entry_index: Read<bigint>
  created_at: Read<Date>
}

interface GovernanceTable {
  network_id: Read<number>
  entry_index: Read<bigint>
  posted_at: Read<Date>
  event: Read<GovernanceEvent>
  credential_id: Read<number | null>
  facts: Read<Record<string, string>>
}

interface MerchantMultiplierTable {
  network_id: Read<number>
  merchant_id: Read<number>
  version: Read<number>
  factor: Read<string>
  effective_from: Read<Date>
}

interface PriceTable {
  network_id: Read<number>
  version: Read<number>
  point_face_value_minor: Read<bigint>
  effective_from: Read<Date>
}

interface TransactionTable {
  network_id: Read<number>
  entry_index: Read<bigint>
  transaction_uuid: Read<string>
  kind: Read<CommandKind>
  posted_at: Read<Date>
  occurred_at: Read<Date>
  day: Read<string>
  points: Read<bigint>
  redeemed_points: Read<bigint | null>
  money_minor: Read<bigint | null>
  amount_minor: Read<bigint | null>
  eligible_minor: Read<bigint | null>
  available_after: Read<bigint>
  target_index: Read<bigint | null>
  ends_at: Read<Date | null>
  merchant_id: Read<number | null>
  wallet_id: Read<number>
  to_wallet_id: Read<number | null>
  credential_id: Read<number | null>
  staff_id: Read<number | null>
  approver_id: Read<number | null>
  rule_version: Read<number | null>
  price_version: Read<number>
  format: Read<number>
  leaf_hash: Read<Buffer>
  key_hash: Read<Buffer | null>
  reference_hash: Read<Buffer | null>
}

interface LegTable {
  network_id: Read<number>
  entry_index: Read<bigint>
  ordinal: Read<number>
  debit_account: Read<number>
  credit_account: Read<number>
  points: Read<bigint>
  pending: Read<boolean>
}

interface LotTable {
  network_id: Read<number>
  entry_index: Read<bigint>
  ordinal: Read<number>
  wallet_id: Read<number>
  issuer_id: Read<number>
  expires_at: Read<Date | null>
  price_version: Read<number>
  points: Read<bigint>
  remaining: Read<bigint>
  held: Read<bigint>
  open: Read<boolean>
}

interface HoldTable {
  network_id: Read<number>
  hold_index: Read<bigint>
  wallet_id: Read<number>
  merchant_id: Read<number>
  points: Read<bigint>
  ends_at: Read<Date>
  ended_index: Read<bigint | null>
}

interface CounterTable {
  network_id: Read<number>
  name: Read<string>
  /** `YYYY-MM-DD`, local to the network. */
  day: Read<string>
  points: Read<bigint>
}

interface SpentQrTable {
  network_id: Read<number>
  qr_hash: Read<Buffer>
  entry_index: Read<bigint>
}

interface ReasonTable {
  network_id: Read<number>
  entry_index: Read<bigint>
  reason: Read<string>
}

interface WitnessPolicyTable {
  network_id: Read<number>
  version: Read<number>
  quorum: Read<number>
  text: Read<string>
  proposed_index: Read<bigint>
}

interface WitnessTable {
  network_id: Read<number>
  version: Read<number>
  name: Read<string>
  vkey: Read<string>
  url: Read<string | null>
  chain_address: Read<Buffer | null>
}

interface WitnessPolicyStartTable {
  network_id: Read<number>
  version: Read<number>
  entry_index: Read<bigint>
}

interface CosignatureTable {
  network_id: Read<number>
  generation: Read<number>
  size: Read<bigint>
  vkey: Read<string>
  signature: Read<Buffer>
  received_at: Read<Date>
}

interface LogTable {
  network_id: Read<number>
  generation: Read<number>
  origin: Read<string>
  vkey: Read<string>
  entry_index: Read<bigint>
}

interface TileTable {
  network_id: Read<number>
  generation: Read<number>
  level: Read<number>
  tile_index: Read<bigint>
  hashes: Read<Buffer>
}

interface CheckpointTable {
  network_id: Read<number>
  generation: Read<number>
  size: Read<bigint>
  root: Read<Buffer>
  signature: Read<Buffer>
  signed_at: Read<Date>
  quorum_at: Read<Date | null>
}

interface LogRefusalTable {
  network_id: Read<number>
  code: Read<LogRefusalCode>
  reason: Read<string>
  since: Read<Date>
  seen_origin: Read<string | null>
  seen_size: Read<bigint | null>
  seen_root: Read<Buffer | null>
  entry_index: Read<bigint | null>
}

interface AnchorContractTable {
  network_id: Read<number>
  entry_index: Read<bigint>
  generation: Read<number>
  chain_id: Read<bigint>
  address: Read<Buffer>
  deployed_block: Read<bigint>
}

interface AnchorSignatureTable {
  network_id: Read<number>
  contract_index: Read<bigint>
  generation: Read<number>
  size: Read<bigint>
  signer: Read<Buffer>
  signature: Read<Buffer>
  received_at: Read<Date>
}

interface AnchorTable {
  network_id: Read<number>
  contract_index: Read<bigint>
  size: Read<bigint>
  root: Read<Buffer>
  block_number: Read<bigint>
  block_hash: Read<Buffer>
  transaction_hash: Read<Buffer>
  seen_at: Read<Date>
  vanished_at: Read<Date | null>
}

/** The tables of schema `ledger` as Kysely sees them, keyed by qualified name; read only. */
export interface LedgerTables {
  'ledger.network': NetworkTable
  'ledger.head': HeadTable
  'ledger.account': AccountTable
  'ledger.merchant': MerchantTable
  'ledger.credential': CredentialTable
  'ledger.earning_rule': EarningRuleTable
  'ledger.governance': GovernanceTable
  'ledger.merchant_multiplier': MerchantMultiplierTable
  'ledger.price': PriceTable
  'ledger.transaction': TransactionTable
  'ledger.leg': LegTable
  'ledger.lot': LotTable
  'ledger.hold': HoldTable
  'ledger.reason': ReasonTable
  'ledger.counter': CounterTable
  'ledger.spent_qr': SpentQrTable
  'ledger.log': LogTable
  'ledger.tile': TileTable
  'ledger.checkpoint': CheckpointTable
  'ledger.log_refusal': LogRefusalTable
  'ledger.witness_policy': WitnessPolicyTable
  'ledger.witness': WitnessTable
  'ledger.witness_policy_start': WitnessPolicyStartTable
  'ledger.cosignature': CosignatureTable
  'ledger.anchor_contract': AnchorContractTable
  'ledger.anchor_signature': AnchorSignatureTable
  'ledger.anchor': AnchorTable
}
