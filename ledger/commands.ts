import type { Minor, Points } from './points.ts'

/** Small integers lead every key inside; outside, things are known by their random UUID only. */
export type NetworkId = number & { readonly of: 'network' }
export type MerchantId = number & { readonly of: 'merchant' }
/** A wallet's account number within its network. */
export type WalletId = number & { readonly of: 'wallet' }
/** A till key, a person, a device or a job: whoever a posting is done by. */
export type CredentialId = number & { readonly of: 'credential' }
/** A transaction's random id (UUIDv7, 74 random bits); told only to its parties. */
export type TransactionUuid = string & { readonly of: 'transaction' }

/** What every command carries, whoever gives it. */
export interface CommandHead {
  /** Unique for ever within `scope`; null only for what the ledger does by itself (expiry, time-outs). */
  readonly key: { readonly scope: MerchantId | WalletId | 'network'; readonly value: string } | null
  /** Null: the wallet's own customer (a gift), or the ledger itself (expiry, time-outs). */
  readonly credential: CredentialId | null
  /** The member of staff at the till, where there is one. */
  readonly staff?: CredentialId
  /**
   * What the caller asked, as one canonical text: the same key with another content is refused.
   * It leaves out what may differ between honest retries (a fresh QR of the same wallet).
   */
  readonly content: string
  /**
   * A refusal found before posting in something that ages (a device removed since, say). It is the answer
   * unless the key replays, because a replay is looked up before anything that ages.
   */
  readonly refusal?: RefusalCode
}

/** The shop's own number for a sale: unique per merchant, kind, series, local day and part. */
export interface Reference {
  readonly value: string
  /** Defaults to the credential (the till). */
  readonly series?: string
  /** Defaults to 1. */
  readonly part?: number
}

/** A customer's QR whose signature has been checked; its times and single use are checked under the lock. */
export interface SpentQr {
  /** Unique for ever: of the device and its `jti`. */
  readonly id: string
  readonly issuedAt: Date
  readonly expiresAt: Date
}

/** A ceiling checked and raised under the lock, e.g. points a till may take without a QR in a local day. */
export interface CounterCheck {
  /** e.g. `redeem_without_qr:wallet:17`; names nobody. */
  readonly name: string
  readonly ceiling: Points
}

/** How many points to take: so many, or as many whole points as this amount is worth. */
export type Asked = { readonly points: Points } | { readonly amountMinor: Minor }

export interface IssueCommand extends CommandHead {
  readonly kind: 'issue'
  readonly merchant: MerchantId
  readonly wallet: WalletId
  readonly reference?: Reference
  /** The shop's time; at most 7 days old, except by an `import` credential. Now when left out. */
  readonly occurredAt?: Date
  readonly qr?: SpentQr
  readonly counters?: readonly CounterCheck[]
  /** A purchase gives points by the network's rule; a bonus gives a fixed number. */
  readonly gives:
    | {
        readonly purchase: {
          readonly amountMinor: Minor
          /** The part of the bill that earns; the whole bill when left out. */
          readonly eligibleAmountMinor?: Minor
          /** Part of the bill paid in points; that part earns nothing. `counters` guard it. */
          readonly redeem?: Asked
        }
      }
    | { readonly bonus: { readonly points: Points; readonly expiresAt: Date | null } }
}

export interface RedeemCommand extends CommandHead {
  readonly kind: 'redeem'
  readonly merchant: MerchantId
  readonly wallet: WalletId
  readonly asked: Asked
  readonly reference?: Reference
  readonly occurredAt?: Date
  readonly qr?: SpentQr
  readonly counters?: readonly CounterCheck[]
}

export interface HoldCommand extends CommandHead {
  readonly kind: 'hold'
  readonly merchant: MerchantId
  readonly wallet: WalletId
  readonly asked: Asked
  /** The hold times out this long after it was posted. */
  readonly lifetimeSeconds: number
  readonly reference?: Reference
  readonly qr?: SpentQr
  readonly counters?: readonly CounterCheck[]
}

export interface CaptureCommand extends CommandHead {
  readonly kind: 'capture'
  readonly merchant: MerchantId
  /** The hold's transaction. */
  readonly target: TransactionUuid
  /** All that was held when left out; what is not captured is free again. */
  readonly points?: Points
}

export interface VoidCommand extends CommandHead {
  readonly kind: 'void'
  readonly merchant: MerchantId
  readonly target: TransactionUuid
}

/** Ends a hold whose time is up. Done by the ledger itself. */
export interface TimeOutCommand extends CommandHead {
  readonly kind: 'time-out'
  readonly target: TransactionUuid
}

export interface GiftCommand extends CommandHead {
  readonly kind: 'gift'
  readonly wallet: WalletId
  readonly to: WalletId
  readonly points: Points
}

/** Expires whatever is due in a wallet. Done by the ledger itself. */
export interface ExpireCommand extends CommandHead {
  readonly kind: 'expire'
  readonly wallet: WalletId
}

export interface ReverseCommand extends CommandHead {
  readonly kind: 'reverse'
  readonly merchant: MerchantId
  readonly target: TransactionUuid
  /**
   * `points`: so many of a redemption, a capture or an issue. `refundAmountMinor`: goods of a purchase worth so
   * much came back. `all`: whatever has not been reversed yet.
   */
  readonly asked: { readonly points: Points } | { readonly refundAmountMinor: Minor } | 'all'
  /** Free text of staff; kept in an erasable side table, in the log only as a salted hash. */
  readonly reason: string
}

/** Manual correction in a merchant's name; the database demands two different people (credentials of kind `person`). */
export interface AdjustCommand extends CommandHead {
  readonly kind: 'adjust'
  readonly merchant: MerchantId
  readonly wallet: WalletId
  /** Above 0 gives (as an issue of `merchant`), below 0 takes (as a redemption at `merchant`). */
  readonly points: Points
  readonly expiresAt?: Date | null
  /** The second person; `credential` is the first. */
  readonly approvedBy: CredentialId
  readonly reason: string
}

/** A small gift of a merchant to a customer, within `counters`. */
export interface GoodwillCommand extends CommandHead {
  readonly kind: 'goodwill'
  readonly merchant: MerchantId
  readonly wallet: WalletId
  readonly points: Points
  readonly expiresAt?: Date | null
  readonly counters: readonly CounterCheck[]
  readonly reason: string
}

export type Command =
  | IssueCommand
  | RedeemCommand
  | HoldCommand
  | CaptureCommand
  | VoidCommand
  | TimeOutCommand
  | GiftCommand
  | ExpireCommand
  | ReverseCommand
  | AdjustCommand
  | GoodwillCommand

export type CommandKind = Command['kind']

/** Why the ledger did not post. Closed: a new code needs a place in the API's table of statuses. */
export const refusalCodes = [
  'amount_out_of_range',
  'credential_revoked',
  'hold_ended',
  'hold_not_due',
  'idempotency_key_reused',
  'issuing_limit_reached',
  'limit_reached',
  'merchant_left',
  'more_than_there_was',
  'not_found',
  'not_reversible',
  'nothing_due',
  'occurred_at_out_of_range',
  'points_insufficient',
  'qr_already_used',
  'qr_expired',
  'qr_not_yet_valid',
  'qr_device_removed',
  'reference_reused',
  'rule_missing',
  'same_person',
  'same_wallet',
  'too_many_lots',
  'wallet_closed',
  'wallet_locked',
] as const

export type RefusalCode = (typeof refusalCodes)[number]

/** What was posted; the same for a replay, since it is made of the transaction's immutable columns. */
export interface Posted {
  readonly outcome: 'posted' | 'replayed'
  readonly transaction: TransactionUuid
  readonly entryIndex: bigint
  readonly kind: CommandKind
  readonly postedAt: Date
  /** Points given (issue, goodwill, adjust up), held, moved, expired, or taken back by a reversal of an issue. */
  readonly points: Points
  /** Points taken as payment; by a reversal: points given back. */
  readonly redeemedPoints: Points
  /** Of a purchase: the bill less what points paid. Of a reversal: money to give back. Else 0. */
  readonly moneyMinor: Minor
  /** What the wallet could spend right after: below 0 it was in debt. */
  readonly availableAfter: Points
}

export interface Refused {
  readonly outcome: 'refused'
  readonly code: RefusalCode
  /** With `points_insufficient`: what the wallet can spend. */
  readonly available?: Points
  /** With `reference_reused`: the transaction that has it. */
  readonly transaction?: TransactionUuid
}

export type Answer = Posted | Refused
