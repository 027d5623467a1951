import {
  readCounters,
  type CounterCheck,
  type NetworkId,
  type Points,
  type Refused,
  type WalletId,
} from '../../ledger/index.ts'
import { Refusal, refusalOf } from '../http/problems.ts'
import type { TillIdentity } from '../identity/identities.ts'
import type { Db } from '../tables.ts'
import type { FoundWallet } from './presented-wallet.ts'

const guard = 'redeem_without_qr'

/**
 * What guards taking points without the customer's QR: the network's daily maximum, per wallet and per till.
 * With a QR nothing does. The maximum is read each time: who lowers it because of thieves means now.
 */
export async function guardTaking(
  db: Db,
  till: TillIdentity,
  { presented, mayTake }: FoundWallet,
): Promise<CounterCheck[]> {
  if (mayTake) return []
  const ceiling = await readDailyMax(db, till.network.id, presented.wallet)
  return namesOf(till, presented.wallet).map((name) => ({ name, ceiling }))
}

/** How many points may still be taken today without the customer's QR, from that wallet at that till. */
export async function readLeftWithoutQr(db: Db, till: TillIdentity, wallet: WalletId): Promise<Points> {
  const ceiling = await readDailyMax(db, till.network.id, wallet)
  if (ceiling === 0n) return ceiling
  const names = namesOf(till, wallet)
  const taken = await readCounters(db, till.network.id, names)
  const most = names.map((name) => taken.get(name) ?? 0n).reduce((a, b) => (a > b ? a : b))
  // The maximum may have been lowered below what was taken before.
  return (most < ceiling ? ceiling - most : 0n) as Points
}

function namesOf(till: TillIdentity, wallet: WalletId): string[] {
  return [`${guard}:wallet:${wallet}`, `${guard}:till:${till.credential}`]
}

async function readDailyMax(db: Db, network: NetworkId, wallet: WalletId): Promise<Points> {
  if (await isClaim(db, network, wallet)) return 0n as Points
  const row = await db
    .selectFrom('api.network')
    .select('redeem_without_qr_daily_max')
    .where('network_id', '=', network)
    .executeTakeFirstOrThrow()
  return row.redeem_without_qr_daily_max
}

/** Whether a wallet waits, or waited, for whoever has the code of a receipt: with it nobody stands at a till. */
async function isClaim(db: Db, network: NetworkId, wallet: WalletId): Promise<boolean> {
  const row = await db
    .selectFrom('api.claim')
    .select('wallet_id')
    .where('network_id', '=', network)
    .where('wallet_id', '=', wallet)
    .executeTakeFirst()
  return row !== undefined
}

/** The ledger's refusal in words that say what the daily maximum is for. */
export function explainGuard(refused: Refused, counters: readonly CounterCheck[]): Refusal {
  const ceiling: Points | undefined = counters.find(({ name }) => name.startsWith(guard))?.ceiling
  if (refused.code !== 'limit_reached' || ceiling === undefined) return refusalOf(refused)
  if (ceiling === 0n) return new Refusal('qr_required')
  return new Refusal('limit_reached', {
    detail: `Without the customer's QR at most ${ceiling} points a day may be taken from a wallet and by a till. Scan the QR.`,
  })
}
