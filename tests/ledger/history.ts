import * as fc from 'fast-check'
import { uuidv7 } from 'uuidv7'
import { toValues, writeRow, type CommandRow } from '../../ledger/command-row.ts'
import { minor, points, type Command, type Points, type TransactionUuid } from '../../ledger/index.ts'
import type { NetworkKey } from '../../ledger/keyed-hash.ts'
import { dayToDate, type Stage } from '../support/stage.ts'
import type { ModelCommand } from './model.ts'

export const merchantNames = ['bakery', 'books', 'cafe'] as const
export const walletNames = ['ada', 'bob', 'cyd'] as const

/** Batches of commands; days pass between them. */
export interface Batch {
  readonly days: number
  readonly commands: readonly ModelCommand[]
}

const merchant = fc.constantFrom(...merchantNames)
const wallet = fc.constantFrom(...walletNames)
const amount = fc.integer({ min: 1, max: 60 })

interface Draft {
  kind: ModelCommand['kind']
  merchant: string
  wallet: string
  to: string
  amount: number
  bill: number
  redeem: number | null
  expires: number | null
  reference: number | null
  ceiling: number | null
  back: number
  repeat: number
}

const draft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom(
    ...([
      'issue',
      'issue',
      'issue',
      'purchase',
      'purchase',
      'redeem',
      'redeem',
      'hold',
      'hold',
      'capture',
    ] as const),
    ...([
      'capture',
      'void',
      'time-out',
      'gift',
      'expire',
      'reverse',
      'reverse',
      'reverse',
      'refund',
    ] as const),
    ...(['refund', 'adjust', 'goodwill'] as const),
  ),
  merchant,
  wallet,
  to: wallet,
  amount,
  bill: fc.integer({ min: 1, max: 3000 }),
  redeem: fc.option(fc.integer({ min: 1, max: 60 })),
  expires: fc.option(fc.integer({ min: 0, max: 12 })),
  reference: fc.option(fc.integer({ min: 0, max: 8 }), { freq: 2 }),
  ceiling: fc.option(fc.integer({ min: 10, max: 120 })),
  // Which earlier command it points to, counted back; and whether it repeats the key of one.
  back: fc.integer({ min: 1, max: 12 }),
  repeat: fc.integer({ min: 0, max: 19 }),
})

/**
 * Histories in batches of at most so many commands. Captures, voids and reversals mostly point to what makes sense,
 * sometimes not.
 */
export function historyOf(commandsMax: number): fc.Arbitrary<Batch[]> {
  const days = fc.integer({ min: 0, max: 3 })
  const drafts = fc.array(draft, { minLength: 1, maxLength: commandsMax, size: 'max' })
  return fc
    .array(fc.record({ days, drafts }), { minLength: 3, maxLength: 10, size: 'max' })
    .map((batches) => {
      const all: ModelCommand[] = []
      let day = 0
      return batches.map(({ days, drafts }) => {
        day += days
        return {
          days,
          commands: drafts.map((one) => {
            const command = finish(one, all, day)
            all.push(command)
            return command
          }),
        }
      })
    })
}

// Wallets fill faster than they empty, or else most of what takes points would be refused.
const gives: readonly string[] = ['issue', 'goodwill', 'adjust']

const aims: Partial<Record<ModelCommand['kind'], readonly string[]>> = {
  capture: ['hold'],
  void: ['hold'],
  'time-out': ['hold'],
  reverse: ['issue', 'redeem', 'capture', 'purchase', 'adjust', 'goodwill'],
  refund: ['purchase', 'redeem', 'issue'],
}

function finish(one: Draft, all: ModelCommand[], day: number): ModelCommand {
  const earlier = all.at(-one.back)
  // 0: the same again; 1: the same key with another content.
  if (earlier?.key && one.repeat === 0) return { ...earlier, id: uuidv7() }
  const aim = aims[one.kind]
  const aimed = aim && all.filter((command) => aim.includes(command.kind)).at(-Math.ceil(one.back / 3))
  const target = (one.repeat === 2 ? earlier : aimed)?.id ?? uuidv7()
  const takes = ['purchase', 'redeem', 'hold', 'goodwill'].includes(one.kind)
  const refers = ['issue', 'purchase', 'redeem', 'hold'].includes(one.kind)
  const command = {
    kind: one.kind,
    id: uuidv7(),
    merchant: one.repeat === 3 ? one.merchant : ((aim && aimed?.merchant) ?? one.merchant),
    wallet: one.wallet,
    to: one.to,
    target,
    amount:
      one.kind === 'purchase' || (one.kind === 'refund' && one.back % 2)
        ? one.bill
        : one.kind === 'adjust' && one.back % 2
          ? -one.amount
          : gives.includes(one.kind) || (one.kind === 'reverse' && one.back % 2)
            ? one.amount
            : Math.ceil(one.amount / 3),
    redeem: one.kind === 'purchase' ? one.redeem : null,
    expires: one.expires === null ? null : day + one.expires,
    reference: refers && one.reference !== null ? `receipt ${one.reference}` : null,
    ceiling: takes && (one.kind !== 'purchase' || one.redeem !== null) ? one.ceiling : null,
  }
  // Goodwill always has a ceiling.
  if (one.kind === 'goodwill') command.ceiling ??= 100
  const { id, ...content } = command
  const text = JSON.stringify(content)
  const own = one.kind === 'expire' || one.kind === 'time-out' ? null : `key ${id}`
  return { ...command, key: earlier?.key && own && one.repeat === 1 ? earlier.key : own, content: text }
}

/** The real command, as a row whose transaction has the id that the history gave it. */
export function toRealRow(
  key: NetworkKey,
  stage: Stage,
  approver: Stage['credential'],
  c: ModelCommand,
): CommandRow {
  return writeRow({ ...toValues(key, toCommand(stage, approver, c)), transaction_uuid: c.id })
}

function toCommand(stage: Stage, approver: Stage['credential'], c: ModelCommand): Command {
  const head = {
    key: c.key === null ? null : { scope: 'network' as const, value: c.key },
    credential: c.key === null ? null : stage.credential,
    content: c.content,
  }
  const merchant = stage.merchants[c.merchant]!
  const wallet = stage.wallets[c.wallet]!
  const target = c.target as TransactionUuid
  const amount = points(c.amount)
  const expiresAt = c.expires === null ? null : dayToDate(c.expires)
  const reference = c.reference === null ? {} : { reference: { value: c.reference } }
  const counters =
    c.ceiling === null ? {} : { counters: [{ name: `take:${wallet}`, ceiling: points(c.ceiling) }] }
  const reason = 'a reason'
  switch (c.kind) {
    case 'issue':
      return {
        ...head,
        kind: 'issue',
        merchant,
        wallet,
        gives: { bonus: { points: amount, expiresAt } },
        ...reference,
      }
    case 'purchase': {
      const redeem = c.redeem === null ? {} : { redeem: { points: points(c.redeem) } }
      const purchase = { amountMinor: minor(c.amount), ...redeem }
      return { ...head, kind: 'issue', merchant, wallet, gives: { purchase }, ...reference, ...counters }
    }
    case 'redeem':
      return {
        ...head,
        kind: 'redeem',
        merchant,
        wallet,
        asked: { points: amount },
        ...reference,
        ...counters,
      }
    case 'hold': {
      const asked = { points: amount }
      return {
        ...head,
        kind: 'hold',
        merchant,
        wallet,
        asked,
        lifetimeSeconds: 2 * 86_400,
        ...reference,
        ...counters,
      }
    }
    case 'capture':
      return { ...head, kind: 'capture', merchant, target, points: amount }
    case 'void':
      return { ...head, kind: 'void', merchant, target }
    case 'time-out':
      return { ...head, kind: 'time-out', target }
    case 'gift':
      return { ...head, kind: 'gift', wallet, to: stage.wallets[c.to]!, points: amount }
    case 'expire':
      return { ...head, kind: 'expire', wallet }
    case 'reverse':
      return { ...head, kind: 'reverse', merchant, target, asked: { points: amount }, reason }
    case 'refund':
      return {
        ...head,
        kind: 'reverse',
        merchant,
        target,
        asked: { refundAmountMinor: minor(c.amount) },
        reason,
      }
    case 'adjust':
      return {
        ...head,
        kind: 'adjust',
        merchant,
        wallet,
        points: amount as Points,
        expiresAt,
        approvedBy: approver,
        reason,
      }
    case 'goodwill':
      return {
        ...head,
        kind: 'goodwill',
        merchant,
        wallet,
        points: amount,
        expiresAt,
        counters: [{ name: `take:${wallet}`, ceiling: points(c.ceiling!) }],
        reason,
      }
  }
}
