import type { Problem } from '../../../clients/typescript/index.js'
import { answerOf, createCalls, keyed, type Answer, type Calls } from './calls.ts'
import { keepReceipt } from './receipts.ts'
import type { PairedTill, RefusedSale, TillStore, WaitingSale } from './store.ts'

const dayMs = 24 * 60 * 60 * 1000
/** Until then what was sent may still arrive: the server gives up on a request after half a minute. */
const onItsWayForMs = 2 * 60 * 1000
const lockName = 'tallystick-till-outbox'

/** What a round of sending came to. */
export type Sending = 'all sent' | 'no network' | 'key not good'

/** How a waiting sale ended; undefined: it goes on waiting. */
type End =
  | { readonly is: 'posted'; readonly transaction: string }
  | { readonly is: 'not posted'; readonly why: Pick<RefusedSale, 'why' | 'transaction' | 'detail'> }
  | undefined

/** By the till's key, the round that has been asked for and has not begun. */
const coming = new Map<string, Promise<Sending>>()

/**
 * Sends what waits, the oldest first, each with the key, receipt and time it was saved with, so that it is posted once.
 * Of several tabs one sends at a time. What is refused is moved to where staff see it, in the same step that ends its
 * waiting. Whoever asks while a round goes on gets another after it, one for all that ask in this tab: the network may
 * have come back in its midst.
 */
export function sendWaiting(store: TillStore, till: PairedTill): Promise<Sending> {
  const asked = coming.get(till.key) ?? sendInTurn(store, till)
  coming.set(till.key, asked)
  return asked
}

async function sendInTurn(store: TillStore, till: PairedTill): Promise<Sending> {
  const begin = async () => {
    coming.delete(till.key)
    return await sendEach(store, till)
  }
  const sent = await navigator.locks.request(lockName, begin).catch((error: unknown) => {
    // Also where it was not to begin at all: the next one is.
    coming.delete(till.key)
    throw error
  })
  tellWhatWaits()
  return sent
}

async function sendEach(store: TillStore, till: PairedTill): Promise<Sending> {
  const all = await store.getAll('waiting')
  const own = all.filter((sale) => isSentBy(till, sale))
  for (const sale of own.toSorted((a, b) => a.occurredAt.localeCompare(b.occurredAt))) {
    const answer = await send(till, sale)
    if (answer.is === 'unanswered') {
      // Perhaps it is this sale that the server stumbles over: those behind it are not to wait for it.
      const around = await lookAround(till)
      if (around !== 'all sent') return around
      continue
    }
    if (answer.is === 'refused' && isForLater(answer.problem.code)) return 'no network'
    if (answer.is === 'refused' && isAboutKey(answer.problem.code)) return 'key not good'
    await settle(store, sale, answer.is === 'done' ? answer.data : refusedAs(answer.problem))
  }
  return own.length === 0 ? await lookAround(till) : 'all sent'
}

/**
 * Whether this till sends it: what was rung up at it, or at another till of its merchant that this tablet was. That one
 * may be gone, so nobody else would. A sale kept by an earlier version does not say its merchant.
 */
export function isSentBy(till: PairedTill, sale: WaitingSale): boolean {
  return sale.till === till.id || sale.merchant === till.merchant.id
}

/** With nothing to send: whether there is a network, and whether the key is good. */
async function lookAround(till: PairedTill): Promise<Sending> {
  const answer = await answerOf(createCalls(till.key).GET('/v1/tills/self'))
  if (answer.is === 'done') return 'all sent'
  return answer.is === 'refused' && isAboutKey(answer.problem.code) ? 'key not good' : 'no network'
}

function isForLater(code: string): boolean {
  return code === 'too_many_requests' || code === 'unavailable' || code === 'request_too_slow'
}

function isAboutKey(code: string): boolean {
  return code === 'unauthenticated' || code === 'credential_revoked'
}

function refusedAs({ code, detail, transaction }: Problem): End {
  const why = { why: code, transaction: typeof transaction === 'string' ? transaction : null, detail }
  return { is: 'not posted', why }
}

async function send(till: PairedTill, sale: WaitingSale): Promise<Answer<End>> {
  const isOnShift = sale.staff !== null && sale.till === till.id && Date.parse(sale.staff.until) > Date.now()
  const answer = await sendAs(createCalls(till.key, isOnShift ? sale.staff : null), sale)
  // Perhaps only the person has gone since: then the till sends it in its own name.
  const isForPerson = answer.is === 'refused' && isAboutKey(answer.problem.code) && isOnShift
  return isForPerson ? await sendAs(createCalls(till.key), sale) : answer
}

async function sendAs(calls: Calls, sale: WaitingSale): Promise<Answer<End>> {
  return sale.does === 'look' ? await lookFor(calls, sale) : await give(calls, sale)
}

async function give(calls: Calls, sale: WaitingSale): Promise<Answer<End>> {
  const presented = await findPresented(calls, sale.customer)
  if (presented.is !== 'done') return presented
  const posted = await answerOf(
    calls.POST('/v1/purchases', {
      params: keyed(sale.key),
      body: {
        ...presented.data,
        amount_minor: sale.amountMinor,
        currency: sale.currency,
        reference: sale.reference,
        occurred_at: sale.occurredAt,
      },
    }),
  )
  return posted.is === 'done'
    ? { is: 'done', data: { is: 'posted', transaction: posted.data.transaction } }
    : posted
}

type Presented = { readonly qr: string } | { readonly wallet: string }

/** A QR is good at the time of the sale; of anything else the server says now whose it is. */
async function findPresented(calls: Calls, customer: WaitingSale['customer']): Promise<Answer<Presented>> {
  if ('qr' in customer || 'wallet' in customer) return { is: 'done', data: customer }
  const found = await answerOf(calls.POST('/v1/identifications', { body: customer }))
  return found.is === 'done' ? { is: 'done', data: { wallet: found.data.wallet } } : found
}

async function lookFor(calls: Calls, sale: WaitingSale): Promise<Answer<End>> {
  const { reference, till, occurredAt, sentAtMs = 0 } = sale
  // The shop's own numbers may begin anew each day; clocks differ by less than one.
  const from = new Date(Date.parse(occurredAt) - dayMs).toISOString()
  const query = { reference, till, from }
  const found = await answerOf(calls.GET('/v1/transactions', { params: { query } }))
  if (found.is !== 'done') return found
  const [transaction] = found.data.data
  if (!transaction && Math.abs(Date.now() - sentAtMs) < onItsWayForMs) return { is: 'done', data: undefined }
  const why = transaction ? 'went_through' : 'never_arrived'
  return { is: 'done', data: { is: 'not posted', why: { why, transaction: transaction?.id ?? null } } }
}

async function settle(store: TillStore, sale: WaitingSale, end: End): Promise<void> {
  if (end === undefined) return
  const tx = store.transaction(['waiting', 'refused'], 'readwrite')
  const waiting = tx.objectStore('waiting')
  // Whoever rang it up may have had an answer meanwhile, and seen to it.
  if (await waiting.getKey(sale.key)) {
    await waiting.delete(sale.key)
    if (end.is === 'not posted') await tx.objectStore('refused').put({ ...sale, ...end.why })
  }
  await tx.done
  if (end.is === 'posted') {
    const { reference, occurredAt } = sale
    // Where the tablet is full, its history misses the number, and nothing else.
    await keepReceipt(store, { transaction: end.transaction, reference, occurredAt }).catch(() => {})
  }
  tellWhatWaits()
}

/** Saves a sale to be sent; when this returns it outlives a restart. */
export async function keepForLater(store: TillStore, sale: WaitingSale): Promise<void> {
  await keepWhileSent(store, sale)
  tellWhatWaits()
}

/** As `keepForLater`, for the moment that its answer takes: nobody is told that it waits. */
export async function keepWhileSent(store: TillStore, sale: WaitingSale): Promise<void> {
  const tx = store.transaction('waiting', 'readwrite', { durability: 'strict' })
  await tx.store.put(sale)
  await tx.done
}

/** Puts a refused sale back among those that wait, the same as it was. */
export async function tryAgain(
  store: TillStore,
  { why: _why, transaction: _transaction, detail: _detail, ...sale }: RefusedSale,
): Promise<void> {
  const tx = store.transaction(['waiting', 'refused'], 'readwrite')
  await Promise.all([tx.objectStore('refused').delete(sale.key), tx.objectStore('waiting').put(sale)])
  await tx.done
  tellWhatWaits()
}

/** It is known what became of it, or somebody has seen to it: it is kept no longer. */
export async function forgetKept(store: TillStore, key: string): Promise<void> {
  const tx = store.transaction(['waiting', 'refused'], 'readwrite')
  await Promise.all([tx.objectStore('waiting').delete(key), tx.objectStore('refused').delete(key)])
  await tx.done
  tellWhatWaits()
}

const channelName = 'tallystick-till-outbox'

/** Has every tab, this one too, look at what waits. */
export function tellWhatWaits(): void {
  const channel = new BroadcastChannel(channelName)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none, it is our origin's
  channel.postMessage('changed')
  channel.close()
}

/** Calls when a tab, this one too, has changed what waits; answers how to stop. */
export function onOutboxChange(heard: () => void): () => void {
  const channel = new BroadcastChannel(channelName)
  channel.addEventListener('message', heard)
  return () => channel.close()
}
