import type { Books } from './books.ts'
import type { Replay } from './replay.ts'

/** Points, and for `due` minor units, of one merchant. */
export interface MerchantBalances {
  readonly merchant: string
  /** Funds the network's own bonuses; all others are shops. */
  readonly house: boolean
  /** Was let go. */
  readonly left: boolean
  /** Points it issued that are outstanding: its liability. */
  readonly float: bigint
  /** Points taken as payment, not yet settled. */
  readonly accepted: bigint
  /** What customers owe it. */
  readonly owed: bigint
  /** What the network owes it, in minor units. */
  readonly due: bigint
  /** Points it issued that expired unspent. */
  readonly breakage: bigint
}

/** What the books add up to as of an entry. */
export interface Balances {
  /** Number of entries counted, so the last one's index plus one. */
  readonly entries: number
  /** When the last of them was posted. */
  readonly postedAt: string
  readonly currency: string
  readonly merchants: readonly MerchantBalances[]
  /** Wallets with anything in them. */
  readonly wallets: readonly {
    readonly wallet: string
    readonly points: bigint
    readonly held: bigint
    readonly debt: bigint
  }[]
}

/** Counts the books as they stand after the entries played so far. */
export function takeBalances({ books, size, postedAt }: Replay): Balances {
  const { accounts, members, breakage } = books
  const posted = (number: number) => accounts.posted[number]!
  return {
    entries: size(),
    postedAt: postedAt(),
    currency: members.currency,
    merchants: members.merchants.map(({ uuid, number, house, left, accounts: own }) => ({
      merchant: uuid,
      house,
      left,
      float: -posted(own.float),
      accepted: posted(own.accepted),
      owed: posted(own.owed),
      due: posted(own.due),
      breakage: BigInt(breakage.get(number) ?? 0),
    })),
    wallets: [...listWallets(books)],
  }
}

function* listWallets({ accounts }: Books): Generator<Balances['wallets'][number]> {
  for (const [number, uuid] of accounts.uuids.entries()) {
    if (accounts.kind(number) !== 'wallet') continue
    const held = BigInt(accounts.held[number]!)
    const debt = BigInt(accounts.debt[number]!)
    const points = accounts.posted[number]!
    if (points !== 0n || held !== 0n || debt !== 0n) yield { wallet: uuid, points, held, debt }
  }
}
