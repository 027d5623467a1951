import {
  minor,
  points,
  post,
  sweep,
  type Answer,
  type Command,
  type CredentialId,
  type Ledger,
  type MerchantId,
  type NetworkId,
  type Points,
  type TransactionUuid,
  type WalletId,
} from '../../ledger/index.ts'
import { writeContent } from '../transactions/content.ts'
import type { ShopRole } from './cast.ts'
import { createChance, type Chance } from './chance.ts'

export interface Shop extends ShopRole {
  readonly merchant: MerchantId
  readonly credential: CredentialId
}

/** The network whose history is to be played. */
export interface Scene {
  readonly ledger: Ledger
  readonly network: NetworkId
  readonly house: MerchantId
  readonly operator: CredentialId
  readonly shops: readonly Shop[]
  readonly wallets: readonly WalletId[]
  /** Sets the network's clock; to a time that is over already: leaves it. */
  readonly setClock: (at: Date) => Promise<void>
}

interface Visitor {
  readonly wallet: WalletId
  /** Null: not been here yet. */
  available: Points | null
  lastPurchase: { transaction: TransactionUuid; shop: Shop; amountMinor: number } | null
}

interface Act {
  readonly command: Command
  readonly hear: (answer: Answer) => void
}

/** What the acts of an hour are made of. */
interface Stage extends Scene {
  readonly chance: Chance
  readonly visitors: readonly Visitor[]
  /** Holds of the hour before. */
  readonly held: { target: TransactionUuid; shop: Shop; visitor: Visitor }[]
  /** Holds ended so far. */
  holds: number
  /** Numbers keys and receipts. */
  count: number
}

const dayMs = 24 * 60 * 60 * 1000
const welcomePoints = 50
const welcomeLifetimeDays = 14

/**
 * Plays the history from `from` until `until`, an opening hour at a time. The same times give the same commands with
 * the same keys, so a history that was cut off goes on where it stopped when it is played again.
 */
export async function playHistory(scene: Scene, from: Date, until: Date): Promise<void> {
  const stage: Stage = {
    ...scene,
    chance: createChance(1),
    visitors: scene.wallets.map((wallet) => ({ wallet, available: null, lastPurchase: null })),
    held: [],
    holds: 0,
    count: 0,
  }
  for (let day = startOfDay(from); day <= until; day = new Date(day.getTime() + dayMs)) {
    await scene.setClock(new Date(Math.max(day.getTime(), from.getTime())))
    await sweep(scene.ledger)
    for (const at of openingHours(stage.chance, day)) {
      if (at >= from && at <= until) await playHour(stage, at)
    }
  }
}

async function playHour(stage: Stage, at: Date): Promise<void> {
  await stage.setClock(at)
  const acts = [...endHolds(stage), ...visits(stage, at)]
  const answers = await Promise.all(acts.map(({ command }) => post(stage.ledger, stage.network, command)))
  acts.forEach(({ hear }, i) => hear(answers[i]!))
}

function startOfDay(time: Date): Date {
  return new Date(Math.floor(time.getTime() / dayMs) * dayMs)
}

/** A moment in each hour from nine to five, but not on Sundays. */
function openingHours(chance: Chance, day: Date): Date[] {
  if (day.getUTCDay() === 0) return []
  const hours = [9, 10, 11, 12, 13, 14, 15, 16]
  return hours.map((hour) => new Date(day.getTime() + (hour * 60 + chance.whole(10, 50)) * 60_000))
}

function visits(stage: Stage, at: Date): Act[] {
  const here = new Set(stage.held.map(({ visitor }) => visitor))
  const acts: Act[] = []
  for (let left = stage.chance.whole(1, 5); left > 0; left--) {
    const visitor = stage.chance.pick(stage.visitors)
    if (here.has(visitor)) continue
    here.add(visitor)
    acts.push(visit(stage, visitor, at))
  }
  return acts
}

function visit(stage: Stage, visitor: Visitor, at: Date): Act {
  const { chance } = stage
  const shop = pickShop(stage)
  const what = chance.fraction()
  if (visitor.available === null) return welcome(stage, visitor, at)
  if (what < 0.1 && visitor.available >= 60n) return redeem(stage, visitor, shop)
  if (what < 0.15 && visitor.available >= 80n) return hold(stage, visitor)
  if (what < 0.18 && visitor.available >= 50n) return gift(stage, visitor)
  if (what < 0.23 && visitor.lastPurchase) return refund(stage, visitor, visitor.lastPurchase)
  return buy(stage, visitor, { shop, at })
}

function pickShop({ shops, chance }: Stage): Shop {
  return chance.pick(shops.flatMap((shop) => Array.from({ length: shop.visits }, () => shop)))
}

function welcome(stage: Stage, visitor: Visitor, at: Date): Act {
  const expiresAt = new Date(startOfDay(at).getTime() + welcomeLifetimeDays * dayMs)
  const bonus = { points: points(welcomePoints), expiresAt }
  const asked = { wallet: visitor.wallet, points: bonus.points }
  return {
    command: {
      kind: 'issue',
      ...head(stage, stage.house, asked),
      credential: stage.operator,
      merchant: stage.house,
      wallet: visitor.wallet,
      gives: { bonus },
    },
    hear: (answer) => keepBalance(visitor, answer),
  }
}

function buy(stage: Stage, visitor: Visitor, { shop, at }: { shop: Shop; at: Date }): Act {
  const { chance } = stage
  const amountMinor = chance.whole(...shop.priceMinor)
  const inPoints = Math.min(amountMinor, Number(visitor.available)) / 2
  const redeem =
    inPoints >= 25 && chance.fraction() < 0.12 ? { points: points(Math.floor(inPoints)) } : undefined
  const occurredAt = new Date(at.getTime() - chance.whole(1, 240) * 1000)
  return {
    command: {
      kind: 'issue',
      ...atTill(stage, shop, { wallet: visitor.wallet, amountMinor: minor(amountMinor), redeem, occurredAt }),
      occurredAt,
      gives: { purchase: { amountMinor: minor(amountMinor), ...(redeem && { redeem }) } },
      wallet: visitor.wallet,
    },
    hear(answer) {
      keepBalance(visitor, answer)
      if (answer.outcome === 'refused') return
      visitor.lastPurchase = { transaction: answer.transaction, shop, amountMinor }
    },
  }
}

function redeem(stage: Stage, visitor: Visitor, shop: Shop): Act {
  const asked = { points: points(stage.chance.whole(30, Math.min(500, Number(visitor.available)))) }
  return {
    command: {
      kind: 'redeem',
      ...atTill(stage, shop, { wallet: visitor.wallet, ...asked }),
      wallet: visitor.wallet,
      asked,
    },
    hear: (answer) => keepBalance(visitor, answer),
  }
}

/** A repair is left at the workshop and paid for in points when it is fetched. */
function hold(stage: Stage, visitor: Visitor): Act {
  const shop = stage.shops.find(({ reference }) => reference === 'workshop')!
  const asked = { points: points(stage.chance.whole(40, Number(visitor.available))) }
  return {
    command: {
      kind: 'hold',
      ...atTill(stage, shop, { wallet: visitor.wallet, ...asked }),
      wallet: visitor.wallet,
      asked,
      lifetimeSeconds: 15 * 60,
    },
    hear(answer) {
      keepBalance(visitor, answer)
      if (answer.outcome !== 'refused') stage.held.push({ target: answer.transaction, shop, visitor })
    },
  }
}

/** One hold after the other: captured, captured in part, voided, timed out. */
function endHolds(stage: Stage): Act[] {
  return stage.held.splice(0).map(({ target, shop, visitor }) => {
    const hear = (answer: Answer) => keepBalance(visitor, answer)
    const how = stage.holds++ % 4
    if (how === 3)
      return { command: { kind: 'time-out', target, key: null, credential: null, content: '' }, hear }
    const asked = { target, ...(how === 1 && { points: points(35) }) }
    const kind = how === 2 ? 'void' : 'capture'
    return { command: { kind, ...head(stage, shop.merchant, asked), ...ofShop(shop), ...asked }, hear }
  })
}

function gift(stage: Stage, visitor: Visitor): Act {
  const to = stage.chance.pick(stage.visitors.filter((other) => other !== visitor))
  const asked = { to: to.wallet, points: points(stage.chance.whole(10, 40)) }
  return {
    command: {
      kind: 'gift',
      ...head(stage, visitor.wallet, asked),
      credential: null,
      wallet: visitor.wallet,
      ...asked,
    },
    hear: (answer) => keepBalance(visitor, answer),
  }
}

function refund(stage: Stage, visitor: Visitor, purchase: NonNullable<Visitor['lastPurchase']>): Act {
  const { transaction: target, shop, amountMinor } = purchase
  const isWhole = stage.chance.fraction() < 0.5
  visitor.lastPurchase = null
  return {
    command: {
      kind: 'reverse',
      ...head(stage, shop.merchant, { target, isWhole }),
      ...ofShop(shop),
      target,
      asked: isWhole ? 'all' : { refundAmountMinor: minor(Math.ceil(amountMinor / 3)) },
      reason: isWhole ? 'Brought back unused' : 'One item brought back',
    },
    hear: (answer) => keepBalance(visitor, answer),
  }
}

/** A refusal is part of the story too: points expired, say. */
function keepBalance(visitor: Visitor, answer: Answer): void {
  if (answer.outcome !== 'refused') visitor.available = answer.availableAfter
  else if (answer.available !== undefined) visitor.available = answer.available
}

function ofShop({ merchant, credential }: Shop) {
  return { merchant, credential }
}

function atTill(stage: Stage, shop: Shop, asked: Parameters<typeof writeContent>[1]) {
  const common = { ...head(stage, shop.merchant, asked), ...ofShop(shop) }
  return { ...common, reference: { value: `R${stage.count}` } }
}

function head(stage: Stage, scope: MerchantId | WalletId, asked: Parameters<typeof writeContent>[1]) {
  const value = `demonstration:${++stage.count}`
  return { key: { scope, value }, content: writeContent('demonstration', asked) }
}
