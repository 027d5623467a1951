import { randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import type { Asked, Command, MerchantId, Reference, SpentQr } from './commands.ts'
import type { NetworkKey } from './keyed-hash.ts'

/** The attributes of the type `ledger.command`, in its order; a test compares them with the database's. */
export const commandAttributes = [
  'kind',
  'transaction_uuid',
  'key_hash',
  'content_hash',
  'credential_id',
  'staff_id',
  'approver_id',
  'merchant_id',
  'wallet_id',
  'receiver_id',
  'target_uuid',
  'points',
  'amount_minor',
  'eligible_minor',
  'redeem_points',
  'redeem_minor',
  'everything',
  'by_rule',
  'expires_at',
  'occurred_at',
  'hold_seconds',
  'reference_hash',
  'series_hash',
  'qr_hash',
  'qr_issued_at',
  'qr_expires_at',
  'counters',
  'reason',
  'reason_salt',
  'refusal',
] as const

type Attribute = (typeof commandAttributes)[number]
type Value = string | number | bigint | boolean | Date | null | undefined

/** A command for the database, by attribute; what is missing is null. */
export type CommandValues = { readonly [A in Attribute]?: Value }

/**
 * One command as PostgreSQL reads a composite value (manual, section 8.16.6): an element of the array that
 * `ledger.post` takes. Measured at a quarter of what the same command costs the database as JSON.
 */
export type CommandRow = string & { readonly of: 'command' }

/** Which kind of reference, key or QR a hash stands for; part of what is hashed, so that none passes for another. */
const purposes = {
  key: 'key',
  reference: 'reference',
  series: 'series',
  qr: 'qr',
  content: 'content',
} as const

/** Writes a command down for the database, with keys and references hashed. */
export function toRow(key: NetworkKey, command: Command): CommandRow {
  return writeRow(toValues(key, command))
}

export function toValues(key: NetworkKey, command: Command): CommandValues {
  return {
    ...ownValues(key, command),
    kind: command.kind,
    transaction_uuid: uuidv7(),
    key_hash: hashKey(key, command),
    content_hash: key.hashNumber(purposes.content, command.content),
    credential_id: command.credential,
    staff_id: command.staff,
    refusal: command.refusal,
  }
}

export function writeRow(values: CommandValues): CommandRow {
  let row = ''
  for (const attribute of commandAttributes) row += `,${writeValue(values[attribute])}`
  return `(${row.slice(1)})` as CommandRow
}

/** Whatever could be read as more than itself is quoted: a comma, a parenthesis, a quote, a backslash, nothing at all. */
function writeValue(value: Value): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') return value instanceof Date ? value.toISOString() : String(value)
  if (/^[\w:.+-]+$/.test(value)) return value
  // Most of what is left are hashes, which need not be searched.
  return /^\\x[\da-f]+$/.test(value) ? `"\\${value}"` : `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}

/** A merchant's keys, a customer's and the network's own never meet, even where their numbers are the same. */
function hashKey(key: NetworkKey, { kind, key: own }: Command): string | null {
  if (own === null) return null
  const scope =
    own.scope === 'network' ? 'network' : `${kind === 'gift' ? 'wallet' : 'merchant'} ${own.scope}`
  return bytea(key.hash(purposes.key, `${scope}\0${own.value}`))
}

function ownValues(key: NetworkKey, command: Command): CommandValues {
  switch (command.kind) {
    case 'issue': {
      const { merchant, wallet, gives } = command
      const common = {
        merchant_id: merchant,
        wallet_id: wallet,
        occurred_at: command.occurredAt,
        ...counters(command.counters),
        ...receipt(key, command),
        ...spentQr(key, command.qr),
      }
      if ('bonus' in gives) {
        return { ...common, points: gives.bonus.points, expires_at: gives.bonus.expiresAt }
      }
      const { amountMinor, eligibleAmountMinor, redeem } = gives.purchase
      const paid = redeem && asked(redeem)
      return {
        ...common,
        by_rule: true,
        amount_minor: amountMinor,
        eligible_minor: eligibleAmountMinor,
        redeem_points: paid?.points,
        redeem_minor: paid?.amount_minor,
      }
    }
    case 'redeem':
    case 'hold':
      return {
        merchant_id: command.merchant,
        wallet_id: command.wallet,
        ...asked(command.asked),
        ...counters(command.counters),
        ...receipt(key, command),
        ...spentQr(key, command.qr),
        ...(command.kind === 'hold'
          ? { hold_seconds: command.lifetimeSeconds }
          : { occurred_at: command.occurredAt }),
      }
    case 'capture':
      return {
        merchant_id: command.merchant,
        target_uuid: command.target,
        points: command.points,
      }
    case 'void':
      return { merchant_id: command.merchant, target_uuid: command.target }
    case 'time-out':
      return { target_uuid: command.target }
    case 'gift':
      return { wallet_id: command.wallet, receiver_id: command.to, points: command.points }
    case 'expire':
      return { wallet_id: command.wallet }
    case 'reverse':
      return {
        merchant_id: command.merchant,
        target_uuid: command.target,
        ...reason(command.reason),
        ...(command.asked === 'all'
          ? { everything: true }
          : 'points' in command.asked
            ? { points: command.asked.points }
            : { amount_minor: command.asked.refundAmountMinor }),
      }
    case 'adjust':
      return {
        merchant_id: command.merchant,
        wallet_id: command.wallet,
        points: command.points,
        expires_at: command.expiresAt,
        approver_id: command.approvedBy,
        ...reason(command.reason),
      }
    case 'goodwill':
      return {
        merchant_id: command.merchant,
        wallet_id: command.wallet,
        points: command.points,
        expires_at: command.expiresAt,
        ...counters(command.counters),
        ...reason(command.reason),
      }
  }
}

function asked(what: Asked): { points?: bigint; amount_minor?: bigint } {
  return 'points' in what ? { points: what.points } : { amount_minor: what.amountMinor }
}

function counters(checks: readonly { name: string; ceiling: bigint }[] | undefined): CommandValues {
  if (!checks || checks.length === 0) return {}
  const text = JSON.stringify(checks.map(({ name, ceiling }) => ({ name, ceiling: String(ceiling) })))
  return { counters: text }
}

type WithReceipt = Extract<Command, { reference?: Reference }>

function receipt(key: NetworkKey, { reference, kind, merchant, credential }: WithReceipt): CommandValues {
  if (!reference) return {}
  const series = reference.series === undefined ? `credential\0${credential}` : `series\0${reference.series}`
  return {
    reference_hash: bytea(keyReference(key, merchant, reference.value)),
    series_hash: key.hashRecurring(purposes.series, `${kind}\0${reference.part ?? 1}\0${series}`),
  }
}

function spentQr(key: NetworkKey, qr: SpentQr | undefined): CommandValues {
  if (!qr) return {}
  return {
    qr_hash: bytea(key.hash(purposes.qr, qr.id)),
    qr_issued_at: qr.issuedAt,
    qr_expires_at: qr.expiresAt,
  }
}

function reason(text: string): CommandValues {
  return { reason: text, reason_salt: bytea(randomBytes(16).toString('hex')) }
}

/** Hash of a merchant's receipt number as it stands in the ledger, to look it up by. */
export function hashReference(key: NetworkKey, merchant: MerchantId, value: string): Buffer {
  return Buffer.from(keyReference(key, merchant, value), 'hex')
}

/** Hash of a QR's id as it stands in the ledger. */
export function hashQr(key: NetworkKey, id: string): Buffer {
  return Buffer.from(key.hash(purposes.qr, id), 'hex')
}

function keyReference(key: NetworkKey, merchant: MerchantId, value: string): string {
  return key.hash(purposes.reference, `${merchant}\0${value}`)
}

/** PostgreSQL's hex format for bytea (manual, section 8.4.1). */
function bytea(hex: string): string {
  return `\\x${hex}`
}
