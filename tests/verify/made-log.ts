import { createHash, randomUUID } from 'node:crypto'
import type { AccountRow } from '../../ledger/verify/accounts.ts'

// A log written without a database, for measuring: nine purchases of a customer, then a payment in points, in the words
// and with the lots that the ledger would write. What it can't be is wrong, or else the replay says so.

const currencyDigits = 2
const visitsPerPayment = 10

/** The accounts of a made log, and its lines one after another. */
export interface MadeLog {
  readonly network: string
  readonly accounts: readonly AccountRow[]
  readonly lines: () => Generator<string>
}

interface MadeLot {
  readonly name: string
  left: number
}

/** A log of so many transactions after a handful of governance entries. */
export function makeLog(counts: { transactions: number; wallets: number; merchants: number }): MadeLog {
  const network = randomUUID()
  const merchants = ids(counts.merchants)
  const wallets = ids(counts.wallets)
  const floats = ids(counts.merchants)
  const accepted = ids(counts.merchants)
  const accounts: AccountRow[] = [
    ...merchants.flatMap((merchant, i): AccountRow[] => [
      { account: floats[i]!, kind: 'float', merchant },
      { account: accepted[i]!, kind: 'accepted', merchant },
      { account: randomUUID(), kind: 'owed', merchant },
      { account: randomUUID(), kind: 'due', merchant },
    ]),
    ...wallets.map((account): AccountRow => ({ account, kind: 'wallet' })),
  ]

  function* lines(): Generator<string> {
    let index = 0
    const govern = (event: string, facts: Record<string, string>) =>
      canonical({
        ...facts,
        event,
        format: '1',
        index: String(index++),
        kind: 'governance',
        network,
        posted_at: timeOf(0),
      })
    yield govern('network_opened', {
      currency: 'EUR',
      currency_digits: String(currencyDigits),
      grace_days: '30',
      point_face_value_minor: '1',
      time_zone: 'UTC',
    })
    for (const merchant of merchants) {
      yield govern('merchant_admitted', { merchant, issuing_limit: 'none', house: 'false' })
    }
    const credential = randomUUID()
    yield govern('credential_registered', { subject: credential, subject_kind: 'person' })
    yield govern('earning_rule_set', {
      version: '1',
      points_per_currency_unit: '1',
      rounding: 'down',
      expires_after_months: '24',
      daily_max_per_wallet: 'none',
      min_spend_minor: 'none',
      multipliers: 'none',
      effective_from: timeOf(-86_400),
    })
    const lots: MadeLot[][] = wallets.map(() => [])
    for (let i = 0; i < counts.transactions; i++) {
      const customer = i % wallets.length
      const shop = (i * 7) % merchants.length
      const head = {
        content: String(i),
        credential,
        day: timeOf(i).slice(0, 10),
        format: '1',
        id: randomUUID(),
        index: String(index),
        key: hashOf(`key ${i}`),
        merchant: merchants[shop]!,
        network,
        occurred_at: timeOf(i),
        posted_at: timeOf(i),
        price: '1',
        reference: hashOf(`reference ${i}`),
        series: String(i),
        wallet: wallets[customer]!,
      }
      const own = lots[customer]!
      const free = own.reduce((sum, lot) => sum + lot.left, 0)
      if (Math.floor(i / wallets.length) % visitsPerPayment === visitsPerPayment - 1) {
        const asked = Math.floor(free * 0.8)
        const legs = [{ amount: String(asked), credit: accepted[shop]!, debit: wallets[customer]! }]
        const moves = spend(own, asked)
        const facts = { available_after: String(free - asked), points: '0', redeemed_points: String(asked) }
        yield canonical({ ...head, ...facts, kind: 'redeem', legs, moves })
      } else {
        const amount = 300 + ((i * 7919) % 5000)
        const points = Math.floor(amount / 10 ** currencyDigits)
        own.push({ name: `${index}.0`, left: points })
        const facts = { available_after: String(free + points), points: String(points), rule: '1' }
        const legs = [{ amount: String(points), credit: wallets[customer]!, debit: floats[shop]! }]
        const lot = { issuer: merchants[shop]!, ordinal: '0', points: String(points), price: '1' }
        const made = [{ ...lot, expires_at: expiryOf(i), wallet: wallets[customer]! }]
        yield canonical({ ...head, ...facts, amount_minor: String(amount), kind: 'issue', legs, lots: made })
      }
      index++
    }
  }
  return { network, accounts, lines }
}

function spend(own: MadeLot[], asked: number) {
  const moves = []
  let left = asked
  while (left > 0) {
    const [lot] = own
    const piece = Math.min(left, lot!.left)
    moves.push({ held: '0', leg: '0', lot: lot!.name, points: String(-piece) })
    lot!.left -= piece
    left -= piece
    if (lot!.left === 0) own.shift()
  }
  return moves
}

/** Canonical JSON (RFC 8785) of texts and lists of such objects. */
function canonical(value: object): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

function ids(count: number): string[] {
  return Array.from({ length: count }, () => randomUUID())
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/** The i-th second of 2026. */
function timeOf(i: number): string {
  return new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString().replace('Z', '000Z')
}

function expiryOf(i: number): string {
  const day = new Date(Date.UTC(2026, 0, 2) + i * 1000)
  return `${day.getUTCFullYear() + 2}${day.toISOString().slice(4, 10)}T00:00:00.000000Z`
}
