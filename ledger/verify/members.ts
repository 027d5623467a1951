import type { Accounts, MerchantAccounts } from './accounts.ts'
import { parseDecimal, ruleAt, type Decimal, type EarningRule } from './earning.ts'
import type { GovernanceEntry } from './entry.ts'
import { fail } from './fault.ts'

export interface Merchant {
  readonly number: number
  readonly uuid: string
  readonly accounts: MerchantAccounts
  /** Points that may be outstanding at once; null: no limit. */
  issuingLimit: bigint | null
  left: boolean
  /** Funds the network's own bonuses; all others are shops. */
  readonly house: boolean
  /** Its own factors on what the rule gives, by version. */
  readonly factors: { readonly factor: Decimal; readonly effectiveFrom: string }[]
}

export interface Credential {
  readonly kind: string
  readonly merchant: string | null
  revoked: boolean
}

/** What governance entries say of a network: its rules, its members and whoever may post. */
export class Members {
  network = ''
  currency = ''
  currencyDigits = 0
  graceDays = 0
  /** Minor units that a point is worth, by price version. */
  readonly faces = new Map<number, number>()
  readonly rules: EarningRule[] = []
  readonly merchants: Merchant[] = []
  /** Under which names the log was signed, with the key of each, and which one it took the place of. */
  readonly origins: { readonly origin: string; readonly key: string; readonly before: string | null }[] = []
  /** Of which origin each contract was to keep the checkpoints, by its address in lower case. */
  readonly contracts = new Map<string, string>()
  private readonly byUuid = new Map<string, Merchant>()
  private readonly credentials = new Map<string, Credential>()

  private readonly accounts: Accounts

  constructor(accounts: Accounts) {
    this.accounts = accounts
  }

  merchant(uuid: string): Merchant {
    return this.byUuid.get(uuid) ?? fail(`names merchant ${uuid}, who was not admitted`)
  }

  isAdmitted(uuid: string): boolean {
    return this.byUuid.has(uuid)
  }

  /** Somebody who may post at this entry. */
  credential(uuid: string): Credential {
    const found = this.credentials.get(uuid) ?? fail(`is by credential ${uuid}, which was not registered`)
    return found.revoked ? fail(`is by credential ${uuid}, which was revoked`) : found
  }

  rule(version: number): EarningRule {
    return this.rules[version - 1] ?? fail(`goes by rule ${version}, which was not made`)
  }

  /** The version in force at a sale's time. */
  ruleAt(occurredAt: string): EarningRule | null {
    return ruleAt(this.rules, occurredAt)
  }

  face(price: number): bigint {
    return BigInt(this.faces.get(price) ?? fail(`goes by price ${price}, which was not made`))
  }

  /** An origin with all those it was recovered from or to. */
  linkedOrigins(origin: string): ReadonlySet<string> {
    const linked = new Set([origin])
    // Each pass reaches one further; recoveries are few.
    for (let count = 0; count < linked.size;) {
      count = linked.size
      for (const { origin, before } of this.origins) {
        if (before !== null && (linked.has(origin) || linked.has(before))) linked.add(origin).add(before)
      }
    }
    return linked
  }

  /** Takes in what a governance entry says; what it doesn't know changes no balance. */
  apply({ index, network, event, facts }: GovernanceEntry): void {
    if ((index === 0) !== (event === 'network_opened')) {
      fail(index === 0 ? 'is the first, and opens no network' : 'opens the network again')
    }
    switch (event) {
      case 'network_opened':
        this.network = network
        this.currency = fact(facts, 'currency')
        this.currencyDigits = countFact(facts, 'currency_digits')
        this.graceDays = countFact(facts, 'grace_days')
        this.faces.set(1, countFact(facts, 'point_face_value_minor'))
        break
      case 'merchant_admitted':
        this.admit(facts)
        break
      case 'issuing_limit_changed':
        this.merchant(fact(facts, 'merchant')).issuingLimit = limitOf(facts)
        break
      case 'merchant_let_go':
        this.merchant(fact(facts, 'merchant')).left = true
        break
      case 'credential_registered':
        this.register(facts)
        break
      case 'credential_revoked': {
        const subject = this.credentials.get(fact(facts, 'subject'))
        if (!subject) fail('revokes a credential that was not registered')
        subject.revoked = true
        break
      }
      case 'earning_rule_set':
        this.setRule(facts)
        break
      case 'merchant_multiplier_set':
        this.merchant(fact(facts, 'merchant')).factors.push({
          factor: parseDecimal(fact(facts, 'factor')) ?? fail('sets a factor that is no decimal'),
          effectiveFrom: fact(facts, 'effective_from'),
        })
        break
      case 'log_opened':
      case 'log_recovered':
        this.origins.push({
          origin: fact(facts, 'origin'),
          key: fact(facts, 'key'),
          before: event === 'log_opened' ? null : fact(facts, 'old_origin'),
        })
        break
      case 'anchor_contract_named': {
        const contract = fact(facts, 'contract').toLowerCase()
        if (!this.contracts.has(contract)) this.contracts.set(contract, fact(facts, 'origin'))
        break
      }
      case 'wallet_closed':
        this.accounts.close(this.accounts.findWallet(fact(facts, 'wallet')))
        break
    }
  }

  private admit(facts: GovernanceEntry['facts']): void {
    const uuid = fact(facts, 'merchant')
    if (this.byUuid.has(uuid)) fail(`admits merchant ${uuid} again`)
    const merchant: Merchant = {
      number: this.merchants.length,
      uuid,
      accounts: this.accounts.ofMerchant(uuid),
      issuingLimit: limitOf(facts),
      left: false,
      house: facts['house'] === 'true',
      factors: [],
    }
    this.merchants.push(merchant)
    this.byUuid.set(uuid, merchant)
  }

  private register(facts: GovernanceEntry['facts']): void {
    const subject = fact(facts, 'subject')
    if (this.credentials.has(subject)) fail(`registers credential ${subject} again`)
    this.credentials.set(subject, {
      kind: fact(facts, 'subject_kind'),
      merchant: facts['merchant'] ?? null,
      revoked: false,
    })
  }

  private setRule(facts: GovernanceEntry['facts']): void {
    const version = countFact(facts, 'version')
    if (version !== this.rules.length + 1) fail(`sets rule ${version} after rule ${this.rules.length}`)
    const rounding = fact(facts, 'rounding')
    if (rounding !== 'down' && rounding !== 'nearest' && rounding !== 'up') {
      fail(`sets a rule that rounds ${rounding}`)
    }
    this.rules.push({
      version,
      pointsPerCurrencyUnit:
        parseDecimal(fact(facts, 'points_per_currency_unit')) ?? fail('sets a rate that is no decimal'),
      rounding,
      expiresAfterMonths: boundFact(facts, 'expires_after_months', 'never'),
      dailyMaxPerWallet: boundFact(facts, 'daily_max_per_wallet', 'none'),
      minSpendMinor: boundFact(facts, 'min_spend_minor', 'none'),
      hasMultipliers: fact(facts, 'multipliers') !== 'none',
      effectiveFrom: fact(facts, 'effective_from'),
    })
  }
}

function fact(facts: GovernanceEntry['facts'], name: string): string {
  return facts[name] ?? fail(`says no ${name}`)
}

function countFact(facts: GovernanceEntry['facts'], name: string): number {
  const text = fact(facts, name)
  const count = Number(text)
  return Number.isSafeInteger(count) && count >= 0 && String(count) === text
    ? count
    : fail(`has ${name} ${text}, not a whole number`)
}

function boundFact(facts: GovernanceEntry['facts'], name: string, without: string): number | null {
  return facts[name] === without ? null : countFact(facts, name)
}

function limitOf(facts: GovernanceEntry['facts']): bigint | null {
  const limit = boundFact(facts, 'issuing_limit', 'none')
  return limit === null ? null : BigInt(limit)
}
