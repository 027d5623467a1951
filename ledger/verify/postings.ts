import { Amounts, enlarge } from './columns.ts'
import { transactionKinds, type TransactionEntry, type TransactionKind } from './entry.ts'

/** What reversals have undone of a transaction so far. */
export interface Undone {
  points: number
  redeemed: number
  /** Goods refunded, in minor units. */
  amountMinor: number
}

/** What later entries need to know of earlier ones, by entry index: reversals and ends of holds point back. */
export class Postings {
  /** Number of entries, and the index of the next. */
  count = 0
  /** Lots made before this entry; so where its own begin. */
  firstLot = new Uint32Array(1024)
  /** By merchant and account number. */
  merchant = new Int32Array(1024)
  wallet = new Int32Array(1024)
  readonly points = new Amounts()
  readonly redeemed = new Amounts()
  price = new Uint16Array(1024)
  /** 0: by no rule. */
  rule = new Uint16Array(1024)
  /** Days since 1970. */
  day = new Int32Array(1024)
  readonly eligible = new Map<number, number>()
  readonly factor = new Map<number, string>()
  readonly undone = new Map<number, Undone>()
  /** When each hold that has not ended ends, as the entry says it. */
  readonly openHolds = new Map<number, string>()
  // 0: a governance event.
  private kinds = new Uint8Array(1024)
  // One more than the amount; 0: none.
  private readonly amounts = new Amounts()
  private firstUse = new Uint32Array(1024)
  private uses = 0
  private usedLot = new Uint32Array(1024)
  private readonly usedPoints = new Amounts()

  /** Begins the next entry; `lots` were made before it. */
  begin(lots: number): void {
    if (this.count === this.kinds.length) this.grow()
    this.firstLot[this.count] = lots
    this.firstUse[this.count] = this.uses
    this.count++
  }

  /** Notes the transaction of the entry begun. */
  note(t: TransactionEntry, who: { merchant: number; wallet: number; day: number }): void {
    const i = t.index
    this.kinds[i] = transactionKinds.indexOf(t.kind) + 1
    this.merchant[i] = who.merchant
    this.wallet[i] = who.wallet
    this.day[i] = who.day
    this.points.set(i, t.points)
    this.redeemed.set(i, t.redeemed ?? 0)
    this.amounts.set(i, t.amountMinor === null ? 0 : t.amountMinor + 1)
    this.price[i] = t.price
    this.rule[i] = t.rule ?? 0
    if (t.kind === 'hold' && t.endsAt !== null) this.openHolds.set(i, t.endsAt)
    if (t.eligibleMinor !== null) this.eligible.set(i, t.eligibleMinor)
    if (t.factor !== null) this.factor.set(i, t.factor)
  }

  /** Notes a lot that the entry begun paid with, or set aside. */
  use(lot: number, points: number): void {
    if (this.uses === this.usedLot.length) this.usedLot = enlarge(this.usedLot)
    this.usedLot[this.uses] = lot
    this.usedPoints.set(this.uses++, points)
  }

  /** The lots that an earlier entry paid with, or set aside, in order. */
  usesOf(index: number): { lot: number; points: number }[] {
    const list = []
    const end = index + 1 < this.count ? this.firstUse[index + 1]! : this.uses
    for (let i = this.firstUse[index]!; i < end; i++) {
      list.push({ lot: this.usedLot[i]!, points: this.usedPoints.get(i) })
    }
    return list
  }

  /** Null: a governance event. */
  kind(index: number): TransactionKind | null {
    return transactionKinds[this.kinds[index]! - 1] ?? null
  }

  amountMinor(index: number): number | null {
    const amount = this.amounts.get(index)
    return amount === 0 ? null : amount - 1
  }

  undoneOf(index: number): Readonly<Undone> {
    return this.undone.get(index) ?? { points: 0, redeemed: 0, amountMinor: 0 }
  }

  private grow(): void {
    this.firstLot = enlarge(this.firstLot)
    this.merchant = enlarge(this.merchant)
    this.wallet = enlarge(this.wallet)
    this.price = enlarge(this.price)
    this.rule = enlarge(this.rule)
    this.day = enlarge(this.day)
    this.kinds = enlarge(this.kinds)
    this.firstUse = enlarge(this.firstUse)
  }
}
