import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request that moves points, and what has been heard of it so far. */
export interface Sent {
  readonly path: '/v1/purchases' | '/v1/redemptions'
  readonly wallet: string
  readonly till: string
  readonly key: string
  readonly body: object
  /** The answer, once there was one: 201 with its body, or a refusal, which moved nothing. */
  answer?: { readonly status: number; readonly body: Answer }
}

interface Answer {
  readonly transaction: string
  readonly points: number
  readonly redeemed_points?: number
}

export interface Shops {
  /** Keys of tills. */
  readonly tills: readonly string[]
  readonly wallets: readonly string[]
}

/** Makes a network with two shops, four tills and so many customers, over HTTP. */
export async function openShops(
  url: string,
  operator: { email: string; password: string },
  customers: number,
): Promise<Shops> {
  const ask = async (path: string, body: object, token?: string, method = 'POST') => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    const request = { method, headers, body: JSON.stringify(body) }
    const response = await fetch(`${url}${path}`, request)
    const answer = (await response.json()) as Record<'token' | 'id' | 'key' | 'wallet', string>
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`)
    return answer
  }
  const { token: first } = await ask('/v1/sessions', operator)
  await ask(
    '/v1/networks',
    {
      slug: 'crash',
      name: 'Crash Street',
      currency: 'EUR',
      point_face_value_minor: 1,
      time_zone: 'Europe/Prague',
      redeem_without_qr_daily_max: 1_000_000_000,
    },
    first,
  )
  const { token } = await ask('/v1/sessions', { ...operator, network: 'crash' })
  const rule = { points_per_currency_unit: '1', rounding: 'down', expires_after_months: null }
  await ask('/v1/rules/earning', rule, token, 'PUT')
  const tills: string[] = []
  for (const name of ['Bakery', 'Books']) {
    const { id } = await ask('/v1/merchants', { name, issuing_limit: null }, token)
    for (const till of ['Front', 'Back']) {
      tills.push((await ask(`/v1/merchants/${id}/tills`, { name: till }, token)).key)
    }
  }
  const wallets: string[] = []
  while (wallets.length < customers) {
    wallets.push((await ask('/v1/customers', {}, tills[0])).wallet)
  }
  return { tills, wallets }
}

/** Sends it; `answer` is set if one came. A server that is busy, stopping or gone gives none. */
export async function send(url: string, sent: Sent): Promise<void> {
  try {
    const response = await fetch(`${url}${sent.path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${sent.till}`,
        'idempotency-key': sent.key,
      },
      body: JSON.stringify(sent.body),
      signal: AbortSignal.timeout(10_000),
    })
    const body = (await response.json()) as Answer
    if (response.status === 429) await sleep(50)
    if (response.status < 500 && response.status !== 429) sent.answer = { status: response.status, body }
  } catch {
    // Not answered: the server may have posted it or not.
  }
}

/** So many callers that go on selling, each one thing after another, until told to stop. */
export function startSelling(
  url: string,
  shops: Shops,
  callers: number,
): { readonly sent: Sent[]; stop(): Promise<void> } {
  const sent: Sent[] = []
  const stopping = new AbortController()
  const selling = Array.from({ length: callers }, async () => {
    while (!stopping.signal.aborted) {
      const next = draw(shops)
      sent.push(next)
      await send(url, next)
      // A dead server refuses connections at once.
      if (!next.answer) await sleep(5)
    }
  })
  return {
    sent,
    async stop() {
      stopping.abort()
      await Promise.all(selling)
    },
  }
}

function draw({ tills, wallets }: Shops): Sent {
  const wallet = wallets[randomInt(wallets.length)]!
  const common = { wallet, till: tills[randomInt(tills.length)]!, key: randomUUID() }
  const reference = randomUUID()
  if (randomInt(4) === 0) {
    const body = { wallet, points: randomInt(1, 30), reference }
    return { ...common, path: '/v1/redemptions', body }
  }
  const occurred_at = new Date().toISOString()
  const body = { wallet, amount_minor: randomInt(0, 5000), currency: 'EUR', reference, occurred_at }
  return { ...common, path: '/v1/purchases', body }
}
