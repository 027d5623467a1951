import { Amounts, enlarge } from './columns.ts'
import { fail } from './fault.ts'

/** Later than any time: a lot that never expires. */
const never = 2n ** 63n - 1n

/**
 * Every lot ever made, by number in order of making. The lots of a wallet with something left are a list in order of
 * spending: soonest-expiring first, then oldest.
 */
export class Lots {
  count = 0
  /** The entry that made it; a lot is called by that and its ordinal there. */
  entry = new Uint32Array(1024)
  /** By account number. */
  wallet = new Int32Array(1024)
  /** By merchant number. */
  issuer = new Int32Array(1024)
  price = new Uint16Array(1024)
  /** Microseconds since 1970. */
  expiresAt = new BigInt64Array(1024)
  readonly points = new Amounts()
  readonly remaining = new Amounts()
  readonly held = new Amounts()
  private nextOf = new Int32Array(1024)
  private previousOf = new Int32Array(1024)
  private firstOf = new Int32Array(1024).fill(-1)
  private lastOf = new Int32Array(1024).fill(-1)

  add(lot: {
    entry: number
    wallet: number
    issuer: number
    price: number
    expiresAt: bigint | null
    points: number
  }): number {
    if (this.count === this.entry.length) this.grow()
    const number = this.count++
    this.entry[number] = lot.entry
    this.wallet[number] = lot.wallet
    this.issuer[number] = lot.issuer
    this.price[number] = lot.price
    this.expiresAt[number] = lot.expiresAt ?? never
    this.points.set(number, lot.points)
    this.remaining.set(number, lot.points)
    this.held.set(number, 0)
    this.open(number)
    return number
  }

  /** Changes what is left of a lot and what is set aside of it, within what there is. */
  move(lot: number, points: number, held: number): void {
    const before = this.remaining.get(lot)
    const made = this.points.get(lot)
    const after = before + points
    const heldAfter = this.held.get(lot) + held
    if (after < 0) fail(`takes ${-points} points from ${this.name(lot)}, which has ${before} left`)
    if (after > made) fail(`brings ${this.name(lot)} above the ${made} it was made of`)
    if (heldAfter < 0) fail(`frees more of ${this.name(lot)} than was set aside`)
    if (heldAfter > after) fail(`sets aside or leaves set aside more of ${this.name(lot)} than is left`)
    this.remaining.set(lot, after)
    this.held.set(lot, heldAfter)
    if (before === 0 && after > 0) this.open(lot)
    if (before > 0 && after === 0) this.close(lot)
  }

  free(lot: number): number {
    return this.remaining.get(lot) - this.held.get(lot)
  }

  /** The first lot of a wallet in order of spending, or -1. */
  first(wallet: number): number {
    return this.firstOf[wallet] ?? -1
  }

  /** The one after it, or -1. */
  next(lot: number): number {
    return this.nextOf[lot]!
  }

  /** The number of the first lot at or after this one that has something free, or -1. */
  firstFree(lot: number): number {
    while (lot >= 0 && this.free(lot) === 0) lot = this.nextOf[lot]!
    return lot
  }

  /** In words: "lot 17.0". */
  name(lot: number): string {
    let ordinal = 0
    while (this.entry[lot - ordinal - 1] === this.entry[lot] && lot > ordinal) ordinal++
    return `lot ${this.entry[lot]}.${ordinal}`
  }

  private isBefore(one: number, other: number): boolean {
    const [a, b] = [this.expiresAt[one]!, this.expiresAt[other]!]
    return a === b ? one < other : a < b
  }

  private open(lot: number): void {
    const wallet = this.wallet[lot]!
    while (wallet >= this.firstOf.length) {
      const known = this.firstOf.length
      this.firstOf = enlarge(this.firstOf).fill(-1, known)
      this.lastOf = enlarge(this.lastOf).fill(-1, known)
    }
    // From the end: what is new mostly expires last.
    let before = this.lastOf[wallet]!
    while (before >= 0 && this.isBefore(lot, before)) before = this.previousOf[before]!
    const after = before < 0 ? this.firstOf[wallet]! : this.nextOf[before]!
    this.link(wallet, before, lot)
    this.link(wallet, lot, after)
  }

  private close(lot: number): void {
    this.link(this.wallet[lot]!, this.previousOf[lot]!, this.nextOf[lot]!)
  }

  private link(wallet: number, before: number, after: number): void {
    if (before < 0) this.firstOf[wallet] = after
    else this.nextOf[before] = after
    if (after < 0) this.lastOf[wallet] = before
    else this.previousOf[after] = before
  }

  private grow(): void {
    this.entry = enlarge(this.entry)
    this.wallet = enlarge(this.wallet)
    this.issuer = enlarge(this.issuer)
    this.price = enlarge(this.price)
    this.expiresAt = enlarge(this.expiresAt)
    this.nextOf = enlarge(this.nextOf)
    this.previousOf = enlarge(this.previousOf)
  }
}
