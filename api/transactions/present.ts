import { z } from 'zod'
import type { CommandKind, Transaction, TransactionLeg, Uuid } from '../../ledger/index.ts'
import { integer, shownId, shownInteger, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { visibleLegs, type Viewer } from './visible.ts'

export const transactionKinds = [
  'issue',
  'redeem',
  'hold',
  'capture',
  'void',
  'time-out',
  'gift',
  'expire',
  'reverse',
  'adjust',
  'goodwill',
] as const satisfies readonly CommandKind[]

const account = z.strictObject({
  kind: z.string().meta({ example: 'accepted' }),
  merchant: shownId('mer').optional(),
  wallet: shownId('wal').optional(),
})

const merchantAccounts: ReadonlySet<string> = new Set(['float', 'accepted', 'owed', 'due'])

/** A transaction as an answer shows it. */
export const transactionShape = z.strictObject({
  id: shownId('txn'),
  kind: z.enum(transactionKinds),
  merchant: shownId('mer').nullable(),
  till: shownId('til').nullable().meta({ description: 'Null when it was not done at a till.' }),
  wallet: shownId('wal').nullable(),
  to_wallet: shownId('wal').nullable().meta({ description: 'Who received a gift.' }),
  points: integer().meta({ description: 'Points given, held, moved, expired, or taken back.' }),
  redeemed_points: integer().meta({ description: 'Points taken as payment; by a reversal: given back.' }),
  money_minor: integer().meta({
    description: 'Of a purchase: what was to pay. Of a reversal: what to give back.',
  }),
  amount_minor: integer().nullable().meta({ description: 'The whole bill of a purchase.' }),
  currency: z.string(),
  rule_version: integer().nullable(),
  occurred_at: shownTime(),
  posted_at: shownTime(),
  day: z.string().meta({ description: "The network's local day." }),
  target: shownId('txn').nullable().meta({ description: 'What it reverses, captures or ends.' }),
  taken_back_points: integer().meta({
    description: 'How many of the points given reversals took back so far.',
  }),
  given_back_points: integer().meta({
    description: 'How many of the points taken reversals gave back so far.',
  }),
  hold: z
    .strictObject({ state: z.enum(['held', 'captured', 'voided', 'timed_out']), ends_at: shownTime() })
    .nullable()
    .meta({ description: 'Of a hold: how it stands now.' }),
  legs: z
    .array(z.strictObject({ debit: account, credit: account, points: integer(), pending: z.boolean() }))
    .optional()
    .meta({
      description: 'For operators and auditors; for customers those of their own wallet and their own debts.',
    }),
})

/** What `reader` may see of a transaction in their scope; `tills` are the credentials that are tills. */
export function presentTransaction(
  reader: Viewer,
  tills: ReadonlySet<Uuid>,
  posted: Transaction,
): z.input<typeof transactionShape> {
  const { credential } = posted
  const legs = visibleLegs(reader, posted)
  return {
    id: typeId('txn', posted.transaction),
    kind: posted.kind,
    merchant: posted.merchant && typeId('mer', posted.merchant),
    till: credential !== null && tills.has(credential) ? typeId('til', credential) : null,
    wallet: posted.wallet && typeId('wal', posted.wallet),
    to_wallet: posted.toWallet && typeId('wal', posted.toWallet),
    points: shownInteger(posted.points),
    redeemed_points: shownInteger(posted.redeemedPoints),
    money_minor: shownInteger(posted.moneyMinor),
    amount_minor: posted.amountMinor === null ? null : shownInteger(posted.amountMinor),
    currency: posted.currency,
    rule_version: posted.ruleVersion,
    occurred_at: posted.occurredAt.toISOString(),
    posted_at: posted.postedAt.toISOString(),
    day: posted.day,
    target: posted.target && typeId('txn', posted.target),
    taken_back_points: shownInteger(posted.takenBackPoints),
    given_back_points: shownInteger(posted.givenBackPoints),
    hold: posted.hold && { state: posted.hold.state, ends_at: posted.hold.endsAt.toISOString() },
    ...(legs && { legs: legs.map(presentLeg) }),
  }
}

function presentLeg({ debit, credit, points, pending }: TransactionLeg) {
  return {
    debit: presentAccount(debit),
    credit: presentAccount(credit),
    points: shownInteger(points),
    pending,
  }
}

function presentAccount({ kind, uuid }: TransactionLeg['debit']): z.input<typeof account> {
  if (kind === 'wallet') return { kind, wallet: typeId('wal', uuid) }
  return merchantAccounts.has(kind) ? { kind, merchant: typeId('mer', uuid) } : { kind }
}
