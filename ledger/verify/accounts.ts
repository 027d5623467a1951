import { enlarge } from './columns.ts'
import { fail } from './fault.ts'

export const accountKinds = ['wallet', 'float', 'accepted', 'owed', 'bridge', 'due', 'fees', 'bank'] as const
export type AccountKind = (typeof accountKinds)[number]

/** An account as the export's accounts.json names it. */
export interface AccountRow {
  readonly account: string
  readonly kind: AccountKind
  /** The owner of `float`, `accepted`, `owed` and `due`. */
  readonly merchant?: string
}

/** The accounts of one merchant, by number. */
export interface MerchantAccounts {
  float: number
  accepted: number
  owed: number
  due: number
}

/** Every account of a network with what the entries so far make of it, by number in order of `add`. */
export class Accounts {
  count = 0
  readonly uuids: string[] = []
  /** Credits minus debits, posted: points, for `due`, `fees` and `bank` minor units. */
  posted = new BigInt64Array(64)
  /** The same of what holds set aside. */
  pending = new BigInt64Array(64)
  /** Of a wallet: points in its lots, set aside of those, and owed by it. */
  inLots = new Float64Array(64)
  held = new Float64Array(64)
  debt = new Float64Array(64)
  private kinds = new Uint8Array(64)
  private readonly numbers = new Map<string, number>()
  private readonly closed = new Set<number>()
  private readonly byMerchant = new Map<string, MerchantAccounts>()
  private readonly owners = new Map<number, MerchantAccounts>()

  add({ account, kind, merchant }: AccountRow): void {
    if (this.count === this.kinds.length) this.grow()
    const number = this.count++
    const code = accountKinds.indexOf(kind)
    if (code < 0) fail(`names an account of kind ${String(kind)}`)
    if (this.numbers.has(account)) fail(`names account ${account} twice`)
    this.numbers.set(account, number)
    this.uuids.push(account)
    this.kinds[number] = code
    if ((merchant !== undefined) !== ['float', 'accepted', 'owed', 'due'].includes(kind)) {
      fail(`names account ${account} (${kind}) ${merchant === undefined ? 'without' : 'with'} an owner`)
    }
    if (merchant !== undefined) this.own(merchant, kind as keyof MerchantAccounts, number)
  }

  private own(merchant: string, kind: keyof MerchantAccounts, number: number): void {
    let accounts = this.byMerchant.get(merchant)
    if (!accounts) {
      accounts = { float: -1, accepted: -1, owed: -1, due: -1 }
      this.byMerchant.set(merchant, accounts)
    }
    if (accounts[kind] >= 0) fail(`names two ${kind} accounts of merchant ${merchant}`)
    accounts[kind] = number
    this.owners.set(number, accounts)
  }

  /** All accounts of the merchant who owns this one; null where no merchant does. */
  siblings(number: number): MerchantAccounts | null {
    return this.owners.get(number) ?? null
  }

  /** The number of an account, or a `Fault` where nothing says what it is. */
  find(uuid: string): number {
    return this.numbers.get(uuid) ?? fail(`names account ${uuid}, of which accounts.json says nothing`)
  }

  findWallet(uuid: string): number {
    const number = this.find(uuid)
    return this.kinds[number] === 0 ? number : fail(`names ${this.name(number)} as a wallet`)
  }

  kind(number: number): AccountKind {
    return accountKinds[this.kinds[number]!]!
  }

  /** In words: "the float account 0193…". */
  name(number: number): string {
    return `the ${this.kind(number)} account ${this.uuids[number]}`
  }

  ofMerchant(uuid: string): MerchantAccounts {
    const accounts = this.byMerchant.get(uuid)
    if (!accounts || Math.min(accounts.float, accounts.accepted, accounts.owed, accounts.due) < 0) {
      fail(`admits merchant ${uuid}, whose four accounts are not in accounts.json`)
    }
    return accounts
  }

  /** Owners named in accounts.json. */
  merchants(): IterableIterator<string> {
    return this.byMerchant.keys()
  }

  close(wallet: number): void {
    this.closed.add(wallet)
  }

  isClosed(wallet: number): boolean {
    return this.closed.has(wallet)
  }

  private grow(): void {
    this.kinds = enlarge(this.kinds)
    this.posted = enlarge(this.posted)
    this.pending = enlarge(this.pending)
    this.inLots = enlarge(this.inLots)
    this.held = enlarge(this.held)
    this.debt = enlarge(this.debt)
  }
}
