import type { Problem } from '../../../clients/typescript/index.js'
import { answerOf, keyed, type Answer, type Calls } from './calls.ts'
import type { PersonHere } from './kind-words.ts'
import { forgetKept, keepForLater, keepWhileSent, tellWhatWaits } from './outbox.ts'
import { keepReceipt } from './receipts.ts'
import type { Shown } from './scanned.ts'
import type { PairedTill, StaffToken, TillStore, WaitingSale } from './store.ts'

/** Who stands at the till. `unseen`: the network is gone, so nobody could say who it is. `practice`: nobody real. */
export type Customer =
  | {
      readonly is: 'known'
      readonly shown: Shown
      readonly identification: string
      readonly wallet: string
      readonly person: PersonHere
      readonly available: number
      /** By its owner, against spending. */
      readonly isLocked: boolean
      /** How many points may be taken all the same of somebody who was found without a QR; null: they showed it. */
      readonly withoutQrMax: number | null
    }
  | { readonly is: 'unseen'; readonly shown: Shown }
  | {
      readonly is: 'practice'
      readonly person: PersonHere
      readonly available: number
      readonly isLocked: false
      readonly withoutQrMax: null
    }

/** A sale as it is rung up. All of it stays the same, however often it is sent, until its end is known. */
export interface Sale {
  readonly key: string
  readonly reference: string
  readonly amountMinor: number
  /** To be taken as payment. */
  readonly points: number
  /** RFC 3339. */
  readonly occurredAt: string
}

/**
 * How it ended. `saved`: it waits for the network. `unanswered`: points were to be taken, and no answer came; it is kept
 * to be looked up, whatever becomes of the page. `unsaved`: the tablet can save nothing, so nothing was sent either.
 */
export type SaleEnd =
  | {
      readonly is: 'posted'
      /** Null: practice. */
      readonly transaction: string | null
      readonly points: number
      readonly taken: number
      readonly toPayMinor: number
      readonly available: number
    }
  | { readonly is: 'saved' }
  | { readonly is: 'unanswered' }
  | { readonly is: 'unsaved' }
  | { readonly is: 'refused'; readonly problem: Problem }

/** What posting needs of the till. */
export interface Counter {
  readonly store: TillStore
  readonly till: PairedTill
  readonly calls: Calls
  readonly staff: StaffToken | null
}

/** Asks the server who that is. */
export async function identify(calls: Calls, shown: Shown): Promise<Answer<Customer>> {
  const answer = await answerOf(calls.POST('/v1/identifications', { body: shown }))
  if (answer.is !== 'done') return answer
  const { identification, wallet, person, available, locked, may_take, take_points_max } = answer.data
  const withoutQrMax = may_take ? null : take_points_max
  const found = { shown, identification, wallet, person, available }
  return { is: 'done', data: { is: 'known', ...found, isLocked: locked, withoutQrMax } }
}

/** Gives points for the sale, and takes `points` of them as payment in the same transaction. */
export async function finishSale(
  counter: Counter,
  customer: Exclude<Customer, { is: 'practice' }>,
  { points, ...sale }: Sale,
): Promise<SaleEnd> {
  if (customer.is === 'unseen') {
    const waiting = describeWaiting(counter, 'give', { ...sale, customer: customer.shown })
    return { is: (await succeeds(keepForLater(counter.store, waiting))) ? 'saved' : 'unsaved' }
  }
  const { identification, wallet } = customer
  return await post(counter, { ...sale, points, wallet, presented: { identification } })
}

/** A sale to nobody who is known: its points wait for whoever joins with the code. */
export async function sellToNobody(
  counter: Counter,
  sale: Sale,
): Promise<Answer<{ readonly end: SaleEnd; readonly code: string }>> {
  const opened = await answerOf(counter.calls.POST('/v1/claims'))
  if (opened.is !== 'done') return opened
  const { wallet, code } = opened.data
  const end = await post(counter, { ...sale, wallet, presented: { wallet } })
  return { is: 'done', data: { end, code } }
}

interface Posting extends Sale {
  /** Whose the points are when it is sent later. */
  readonly wallet: string
  readonly presented: { readonly identification: string } | { readonly wallet: string }
}

async function post(counter: Counter, { points, wallet, presented, ...sale }: Posting): Promise<SaleEnd> {
  const { calls, till, store } = counter
  // If a gift of points did arrive, the same key gets the same answer; if not, it is posted then.
  const does = points > 0 ? 'look' : 'give'
  const waiting = {
    ...describeWaiting(counter, does, { ...sale, customer: { wallet } }),
    sentAtMs: Date.now(),
  }
  // Before it is sent: whatever becomes of the tablet meanwhile, somebody learns how it ended.
  if (!(await succeeds(keepWhileSent(store, waiting)))) return { is: 'unsaved' }
  const answer = await answerOf(
    calls.POST('/v1/purchases', {
      params: keyed(sale.key),
      body: {
        ...presented,
        amount_minor: sale.amountMinor,
        currency: till.network.currency,
        reference: sale.reference,
        occurred_at: sale.occurredAt,
        ...(points > 0 && { redeem: { points } }),
      },
    }),
  )
  if (answer.is === 'unanswered') {
    tellWhatWaits()
    return { is: points > 0 ? 'unanswered' : 'saved' }
  }
  // What can't be forgotten is sent once more, and is the same sale.
  await succeeds(forgetKept(store, sale.key))
  if (answer.is === 'refused') return answer
  const { data } = answer
  const { reference, occurredAt } = sale
  await succeeds(keepReceipt(store, { transaction: data.transaction, reference, occurredAt }))
  return {
    is: 'posted',
    transaction: data.transaction,
    points: data.points,
    taken: data.redeemed_points,
    toPayMinor: data.to_pay_minor,
    available: data.wallet.available,
  }
}

function succeeds(saving: Promise<void>): Promise<boolean> {
  return saving.then(
    () => true,
    () => false,
  )
}

function describeWaiting(
  { till, staff }: Counter,
  does: WaitingSale['does'],
  sale: Omit<Sale, 'points'> & Pick<WaitingSale, 'customer'>,
): WaitingSale {
  return { ...sale, does, till: till.id, merchant: till.merchant.id, currency: till.network.currency, staff }
}

/** What the rule would give for what is paid in money; null while nobody can say. Posts nothing. */
export async function forecast(
  calls: Calls,
  sale: { readonly amountMinor: number; readonly paidMinor: number; readonly wallet?: string },
): Promise<number | null> {
  const answer = await answerOf(
    calls.POST('/v1/rules/earning/dry-run', {
      body: {
        amount_minor: sale.amountMinor,
        eligible_amount_minor: sale.paidMinor,
        ...(sale.wallet !== undefined && { wallet: sale.wallet }),
      },
    }),
  )
  return answer.is === 'done' ? answer.data.points : null
}

/**
 * Asks with the key that `what` was asked with before, as long as there was no answer: also from another screen, and
 * after a restart, a refund or move is the same one.
 */
export async function askOnce<Data>(
  store: TillStore,
  what: string,
  ask: (key: string) => Promise<Answer<Data>>,
): Promise<Answer<Data>> {
  const answer = await ask(await keyFor(store, what))
  if (answer.is !== 'unanswered') await store.delete('asked', what)
  return answer
}

async function keyFor(store: TillStore, what: string): Promise<string> {
  const tx = store.transaction('asked', 'readwrite', { durability: 'strict' })
  const key = (await tx.store.get(what)) ?? crypto.randomUUID()
  await tx.store.put(key, what)
  await tx.done
  return key
}

/** Undoes a transaction, in whole (null) or for goods worth so much. */
export async function refund(
  { store, calls }: Counter,
  asked: { readonly transaction: string; readonly reason: string; readonly amountMinor: number | null },
) {
  const { transaction, reason, amountMinor } = asked
  return await askOnce(store, `refund ${transaction} ${amountMinor}`, (key) =>
    answerOf(
      calls.POST('/v1/transactions/{id}/reversals', {
        params: { ...keyed(key), path: { id: transaction } },
        body: { reason, ...(amountMinor !== null && { refund_amount_minor: amountMinor }) },
      }),
    ),
  )
}
