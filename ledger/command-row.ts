import { randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import type { Asked, Command, MerchantId, Reference, SpentQr } from './commands.ts'
import type { NetworkKey } from './keyed-hash.ts'

/** One command as JSON, an element of what `ledger.post` takes; its keys are those of the type `ledger.command`. */
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
  return JSON.stringify({
    kind: command.kind,
    transaction_uuid: uuidv7(),
    key_hash: hashKey(key, command),
    content_hash: String(key.hashNumber(purposes.content, command.content)),
    credential_id: command.credential,
    staff_id: command.staff,
    refusal: command.refusal,
    ...fields(key, command),
  }) as CommandRow
}

/** A merchant's keys, a customer's and the network's own never meet, even where their numbers are the same. */
function hashKey(key: NetworkKey, { kind, key: own }: Command): string | null {
  if (own === null) return null
  const scope =
    own.scope === 'network' ? 'network' : `${kind === 'gift' ? 'wallet' : 'merchant'} ${own.scope}`
  return hex(key.hash(purposes.key, `${scope}\0${own.value}`))
}

function fields(key: NetworkKey, command: Command): Record<string, unknown> {
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
        return { ...common, points: String(gives.bonus.points), expires_at: gives.bonus.expiresAt }
      }
      const { amountMinor, eligibleAmountMinor, redeem } = gives.purchase
      const paid = redeem && asked(redeem)
      return {
        ...common,
        by_rule: true,
        amount_minor: String(amountMinor),
        eligible_minor: eligibleAmountMinor?.toString(),
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
        points: command.points?.toString(),
      }
    case 'void':
      return { merchant_id: command.merchant, target_uuid: command.target }
    case 'time-out':
      return { target_uuid: command.target }
    case 'gift':
      return { wallet_id: command.wallet, receiver_id: command.to, points: String(command.points) }
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
            ? { points: String(command.asked.points) }
            : { amount_minor: String(command.asked.refundAmountMinor) }),
      }
    case 'adjust':
      return {
        merchant_id: command.merchant,
        wallet_id: command.wallet,
        points: String(command.points),
        expires_at: command.expiresAt,
        approver_id: command.approvedBy,
        ...reason(command.reason),
      }
    case 'goodwill':
      return {
        merchant_id: command.merchant,
        wallet_id: command.wallet,
        points: String(command.points),
        expires_at: command.expiresAt,
        ...counters(command.counters),
        ...reason(command.reason),
      }
  }
}

function asked(what: Asked): { points?: string; amount_minor?: string } {
  return 'points' in what ? { points: String(what.points) } : { amount_minor: String(what.amountMinor) }
}

function counters(checks: readonly { name: string; ceiling: bigint }[] | undefined): object {
  if (!checks || checks.length === 0) return {}
  return { counters: checks.map(({ name, ceiling }) => ({ name, ceiling: String(ceiling) })) }
}

type WithReceipt = Extract<Command, { reference?: Reference }>

function receipt(key: NetworkKey, { reference, kind, merchant, credential }: WithReceipt): object {
  if (!reference) return {}
  const series = reference.series === undefined ? `credential\0${credential}` : `series\0${reference.series}`
  return {
    reference_hash: hex(hashReference(key, merchant, reference.value)),
    series_hash: String(key.hashNumber(purposes.series, `${kind}\0${reference.part ?? 1}\0${series}`)),
  }
}

function spentQr(key: NetworkKey, qr: SpentQr | undefined): object {
  if (!qr) return {}
  return {
    qr_hash: hex(hashQr(key, qr.id)),
    qr_issued_at: qr.issuedAt,
    qr_expires_at: qr.expiresAt,
  }
}

function reason(text: string): object {
  return { reason: text, reason_salt: hex(randomBytes(16)) }
}

/** Hash of a merchant's receipt number as it stands in the ledger, to look it up by. */
export function hashReference(key: NetworkKey, merchant: MerchantId, value: string): Buffer {
  return key.hash(purposes.reference, `${merchant}\0${value}`)
}

/** Hash of a QR's id as it stands in the ledger. */
export function hashQr(key: NetworkKey, id: string): Buffer {
  return key.hash(purposes.qr, id)
}

/** PostgreSQL's hex format for bytea. */
function hex(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`
}
