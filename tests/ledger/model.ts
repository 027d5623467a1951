/**
 * The ledger in memory, one command at a time: what ledger.md means, written for reading, not for speed. The real
 * ledger is compared with it over random histories.
 */
export interface ModelCommand {
  readonly kind:
    | 'issue'
    | 'purchase'
    | 'redeem'
    | 'hold'
    | 'capture'
    | 'void'
    | 'time-out'
    | 'gift'
    | 'expire'
    | 'reverse'
    | 'refund'
    | 'adjust'
    | 'goodwill'
  /** The same key and content answers as before. Null for `expire` and `time-out`. */
  readonly key: string | null
  readonly content: string
  /** The transaction's own name; what captures, voids and reverses point to. */
  readonly id: string
  readonly merchant: string
  readonly wallet: string
  readonly to: string
  readonly target: string
  /** Points, or minor units of a purchase or refund. */
  readonly amount: number
  readonly redeem: number | null
  /** A day number; null for never. */
  readonly expires: number | null
  readonly reference: string | null
  /** Ceiling on what may be taken from the wallet in a day. */
  readonly ceiling: number | null
}

export interface ModelAnswer {
  readonly code?: string
  readonly outcome: 'posted' | 'replayed' | 'refused'
  readonly points?: number
  readonly redeemed?: number
  readonly money?: number
  readonly after?: number
}

interface Lot {
  readonly issuer: string
  readonly expires: number | null
  readonly made: number
  left: number
  held: number
}

interface Posted {
  readonly command: ModelCommand
  readonly answer: ModelAnswer
  readonly day: number
  /** Lots used to pay, in order; for a hold those set aside. */
  readonly uses: { lot: Lot; points: number }[]
  lot?: Lot
  ended?: boolean
  taken: number
  back: number
  refunded: number
  holdOf?: Posted
}

export interface Rules {
  readonly graceDays: number
  readonly pointsPerUnit: number
  readonly dailyMax: number | null
  readonly limits: Record<string, number>
}

export class Model {
  day = 0
  lots: Record<string, Lot[]> = {}
  debts: Record<string, { merchant: string; left: number }[]> = {}
  accounts: Record<'float' | 'accepted' | 'owed', Record<string, number>> = {
    float: {},
    accepted: {},
    owed: {},
  }
  posted = new Map<string, Posted>()
  keys = new Map<string, Posted>()
  references = new Set<string>()
  counters: Record<string, number> = {}
  made = 0

  readonly rules: Rules

  constructor(rules: Rules) {
    this.rules = rules
  }

  play(c: ModelCommand): ModelAnswer {
    const known = c.key === null ? undefined : this.keys.get(c.key)
    if (known) {
      if (known.command.content !== c.content) return { outcome: 'refused', code: 'idempotency_key_reused' }
      return { ...known.answer, outcome: 'replayed' }
    }
    const target = this.posted.get(c.target)
    const result = this.decide(c, target)
    if (typeof result === 'string') return { outcome: 'refused', code: result }
    const wallet =
      target && ['capture', 'void', 'time-out', 'reverse', 'refund'].includes(c.kind)
        ? target.command.wallet
        : c.wallet
    const answer: ModelAnswer = {
      outcome: 'posted',
      points: result.points ?? 0,
      redeemed: result.redeemed ?? 0,
      money: result.money ?? 0,
      after: this.available(wallet),
    }
    const posted = {
      command: { ...c, wallet, merchant: result.merchant ?? c.merchant },
      answer,
      day: this.day,
      uses: result.uses ?? [],
      taken: 0,
      back: 0,
      refunded: 0,
      ...(result.lot && { lot: result.lot }),
      ...(result.holdOf && { holdOf: result.holdOf }),
    }
    this.posted.set(c.id, posted)
    if (c.key !== null) this.keys.set(c.key, posted)
    if (c.reference !== null) this.references.add(this.receipt(c))
    return answer
  }

  available(wallet: string): number {
    const free = this.spendable(wallet).reduce((sum, lot) => sum + lot.left - lot.held, 0)
    return free - (this.debts[wallet] ?? []).reduce((sum, debt) => sum + debt.left, 0)
  }

  /** Soonest-expiring first, then oldest. */
  spendable(wallet: string): Lot[] {
    return (this.lots[wallet] ?? [])
      .filter((lot) => lot.left > 0)
      .toSorted((a, b) => (a.expires ?? Infinity) - (b.expires ?? Infinity) || a.made - b.made || 0)
  }

  private receipt(c: ModelCommand): string {
    return `${c.merchant} ${c.kind === 'purchase' ? 'issue' : c.kind} ${c.reference} ${this.day}`
  }

  private move(kind: 'float' | 'accepted' | 'owed', merchant: string, points: number): void {
    this.accounts[kind][merchant] = (this.accounts[kind][merchant] ?? 0) + points
  }

  private decide(
    c: ModelCommand,
    target: Posted | undefined,
  ): string | (Partial<Posted> & { points?: number; redeemed?: number; money?: number; merchant?: string }) {
    if (c.reference !== null && this.references.has(this.receipt(c))) return 'reference_reused'
    switch (c.kind) {
      case 'issue':
      case 'goodwill': {
        if (this.aboveCeiling(c, c.amount)) return 'limit_reached'
        const lot = this.issue(c, c.amount, c.expires)
        if (typeof lot === 'string') return lot
        if (c.kind === 'goodwill') this.count(c, c.amount)
        return { points: c.amount, lot }
      }
      case 'purchase': {
        const paid = c.redeem ?? 0
        if (c.redeem !== null && (paid <= 0 || paid > c.amount)) return 'amount_out_of_range'
        if (paid > 0 && paid > this.available(c.wallet)) return 'points_insufficient'
        if (this.aboveCeiling(c, paid)) return 'limit_reached'
        const money = c.amount - paid
        let given = this.earned(money)
        const { dailyMax } = this.rules
        const counter = `earn ${c.wallet} ${this.day}`
        if (dailyMax !== null) given = Math.min(given, Math.max(0, dailyMax - (this.counters[counter] ?? 0)))
        if (given > 0 && this.overLimit(c.merchant, given)) return 'issuing_limit_reached'
        const uses = this.pay(c.wallet, c.merchant, paid)
        this.count(c, paid)
        if (dailyMax !== null) this.counters[counter] = (this.counters[counter] ?? 0) + given
        const lot = given > 0 ? (this.issue(c, given, null) as Lot) : undefined
        return { points: given, redeemed: paid, money, uses, ...(lot && { lot }) }
      }
      case 'redeem':
        if (c.amount > this.available(c.wallet)) return 'points_insufficient'
        if (this.aboveCeiling(c, c.amount)) return 'limit_reached'
        this.count(c, c.amount)
        return { redeemed: c.amount, uses: this.pay(c.wallet, c.merchant, c.amount) }
      case 'adjust':
        if (c.amount > 0) {
          const lot = this.issue(c, c.amount, c.expires)
          return typeof lot === 'string' ? lot : { points: c.amount, lot }
        }
        if (c.amount === 0) return 'amount_out_of_range'
        if (-c.amount > this.available(c.wallet)) return 'points_insufficient'
        return { redeemed: -c.amount, uses: this.pay(c.wallet, c.merchant, -c.amount) }
      case 'hold': {
        if (c.amount > this.available(c.wallet)) return 'points_insufficient'
        if (this.aboveCeiling(c, c.amount)) return 'limit_reached'
        this.count(c, c.amount)
        const uses = this.use(this.spendable(c.wallet), c.amount)
        for (const { lot, points } of uses) lot.held += points
        return { points: c.amount, uses }
      }
      case 'capture':
      case 'void':
      case 'time-out': {
        if (
          target?.command.kind !== 'hold' ||
          (c.kind !== 'time-out' && target.command.merchant !== c.merchant)
        )
          return 'not_found'
        if (target.ended) return 'hold_ended'
        if (c.kind === 'time-out' && target.day + 2 > this.day) return 'hold_not_due'
        const held = target.command.amount
        const captured = c.kind === 'capture' ? c.amount : 0
        if (captured > held) return 'more_than_there_was'
        target.ended = true
        const { wallet, merchant } = target.command
        for (const { lot, points } of target.uses) lot.held -= points
        const uses = this.use(
          target.uses.map(({ lot, points }) => ({ ...lot, left: points, held: 0, of: lot })),
          captured,
        ).map(({ lot, points }) => ({ lot: (lot as Lot & { of: Lot }).of, points }))
        for (const { lot, points } of uses) lot.left -= points
        this.move('accepted', merchant, captured)
        // Freed points enter the wallet again, and so repay a debt first.
        for (const { lot, points } of target.uses) {
          const freed =
            points - uses.filter((use) => use.lot === lot).reduce((sum, use) => sum + use.points, 0)
          lot.left -= this.repay(wallet, lot.issuer, freed)
        }
        this.uncount(target, held - captured)
        return { points: c.kind === 'capture' ? 0 : held, redeemed: captured, uses, merchant, holdOf: target }
      }
      case 'gift': {
        if (c.wallet === c.to) return 'same_wallet'
        if (c.amount > this.available(c.wallet)) return 'points_insufficient'
        const uses = this.use(this.spendable(c.wallet), c.amount)
        for (const { lot, points } of uses) {
          lot.left -= points
          this.enter(c.to, lot.issuer, lot.expires, points)
        }
        return { points: c.amount }
      }
      case 'expire': {
        let expired = 0
        for (const lot of this.lots[c.wallet] ?? []) {
          if (lot.expires === null || lot.expires > this.day) continue
          expired += lot.left - lot.held
          this.move('float', lot.issuer, lot.left - lot.held)
          lot.left = lot.held
        }
        return expired === 0 ? 'nothing_due' : { points: expired }
      }
      case 'reverse':
      case 'refund':
        return this.reverse(c, target)
    }
  }

  private reverse(c: ModelCommand, target: Posted | undefined) {
    if (
      !target ||
      target.command.merchant !== c.merchant ||
      target.command.kind === 'gift' ||
      target.command.kind === 'expire'
    )
      return 'not_found'
    if (!['issue', 'purchase', 'redeem', 'capture', 'adjust', 'goodwill'].includes(target.command.kind))
      return 'not_reversible'
    const given = target.answer.points ?? 0
    const redeemed = target.answer.redeemed ?? 0
    const { wallet, merchant } = target.command
    const isPurchase = target.command.kind === 'purchase'
    let take = 0
    let give = 0
    let money = 0
    if (c.kind === 'reverse') {
      if (given > 0) take = c.amount
      else give = c.amount
      if (take > given - target.taken || give > redeemed - target.back) return 'more_than_there_was'
      if (!isPurchase) target.refunded += give
    } else {
      const bill = isPurchase ? target.command.amount : redeemed
      if (bill === 0) return 'not_reversible'
      if (c.amount > bill - target.refunded) return 'more_than_there_was'
      const paid = target.answer.money ?? 0
      const refunded = target.refunded + c.amount
      const inMoney = Math.min(refunded, paid)
      if (given > 0) take = Math.max(0, given - target.taken - Math.min(given, this.earned(paid - inMoney)))
      give = Math.max(0, Math.min(redeemed, refunded - inMoney) - target.back)
      money = inMoney - Math.min(target.refunded, paid)
      target.refunded = refunded
    }
    const owed = this.takeBack(wallet, merchant, take, target.lot)
    target.taken += take
    // The very lots, the last used first; an expired one as a new lot with grace.
    let skip = target.back
    let left = give
    target.back += give
    this.move('accepted', merchant, -give)
    for (const { lot, points } of target.uses.toReversed()) {
      const skipped = Math.min(skip, points)
      const piece = Math.min(left, points - skipped)
      skip -= skipped
      left -= piece
      if (piece === 0) continue
      if (lot.expires !== null && lot.expires <= this.day)
        this.enter(wallet, lot.issuer, this.day + this.rules.graceDays, piece)
      else lot.left += piece - this.repay(wallet, lot.issuer, piece)
    }
    const counter = `earn ${wallet} ${target.day}`
    if (isPurchase && this.rules.dailyMax !== null) this.counters[counter]! -= take
    this.uncount(target.holdOf ?? target, target.command.kind === 'goodwill' ? take - owed : give)
    return { points: take, redeemed: give, money, merchant }
  }

  private earned(minor: number): number {
    return Math.floor((minor * this.rules.pointsPerUnit) / 100)
  }

  private overLimit(merchant: string, points: number): boolean {
    const limit = this.rules.limits[merchant]
    return limit !== undefined && points - (this.accounts.float[merchant] ?? 0) > limit
  }

  private issue(c: ModelCommand, points: number, expires: number | null): Lot | string {
    if (this.overLimit(c.merchant, points)) return 'issuing_limit_reached'
    this.move('float', c.merchant, -points)
    return this.enter(c.wallet, c.merchant, expires, points)
  }

  private use(lots: Lot[], points: number): { lot: Lot; points: number }[] {
    const uses: { lot: Lot; points: number }[] = []
    for (const lot of lots) {
      const piece = Math.min(points, lot.left - lot.held)
      if (piece > 0) uses.push({ lot, points: piece })
      points -= piece
    }
    return uses
  }

  private pay(wallet: string, merchant: string, points: number) {
    const uses = this.use(this.spendable(wallet), points)
    for (const { lot, points: piece } of uses) lot.left -= piece
    this.move('accepted', merchant, points)
    return uses
  }

  private enter(wallet: string, issuer: string, expires: number | null, points: number): Lot {
    const left = points - this.repay(wallet, issuer, points)
    const lot = { issuer, expires, made: this.made++, left, held: 0 }
    ;(this.lots[wallet] ??= []).push(lot)
    return lot
  }

  /** The oldest debt first; points of the owed merchant's own come off its float, others' count as redeemed there. */
  private repay(wallet: string, issuer: string, points: number): number {
    let left = points
    for (const debt of this.debts[wallet] ?? []) {
      const piece = Math.min(left, debt.left)
      debt.left -= piece
      left -= piece
      this.move('owed', debt.merchant, -piece)
      this.move(debt.merchant === issuer ? 'float' : 'accepted', debt.merchant, piece)
    }
    return points - left
  }

  /** Answers what the wallet did not have any more: its debt. */
  private takeBack(wallet: string, merchant: string, points: number, lot: Lot | undefined): number {
    const rank = (a: Lot) => (a === lot ? 0 : a.issuer === merchant ? 1 : 2)
    const uses = this.use(
      this.spendable(wallet).toSorted((a, b) => rank(a) - rank(b)),
      points,
    )
    for (const { lot: used, points: piece } of uses) {
      used.left -= piece
      this.move(used.issuer === merchant ? 'float' : 'accepted', merchant, piece)
      points -= piece
    }
    if (points === 0) return 0
    ;(this.debts[wallet] ??= []).push({ merchant, left: points })
    this.move('owed', merchant, points)
    return points
  }

  private aboveCeiling(c: ModelCommand, points: number): boolean {
    return c.ceiling !== null && (this.counters[`take ${c.wallet} ${this.day}`] ?? 0) + points > c.ceiling
  }

  private count(c: ModelCommand, points: number): void {
    if (c.ceiling !== null)
      this.counters[`take ${c.wallet} ${this.day}`] =
        (this.counters[`take ${c.wallet} ${this.day}`] ?? 0) + points
  }

  private uncount(target: Posted, points: number): void {
    if (target.command.ceiling !== null)
      this.counters[`take ${target.command.wallet} ${target.day}`]! -= points
  }
}
