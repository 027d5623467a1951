import { ZipFile } from 'yazl'
import {
  listTransactions,
  readWallet,
  type Ledger,
  type Transaction,
  type WalletId,
} from '../../ledger/index.ts'
import { presentConsent } from '../consents/router.ts'
import { listConsents } from '../consents/store.ts'
import { writeCsv, type CsvRow } from '../http/csv.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import type { CustomerIdentity } from '../identity/identities.ts'
import type { Db } from '../tables.ts'
import { pickMoveReversals } from '../transactions/moved-sale-store.ts'
import { presentTransaction } from '../transactions/present.ts'
import { pickTills } from '../transactions/store.ts'
import { readHoldings } from './export-store.ts'

const pageSize = 500

/** Everything about a customer, by table; what a table's rows hold is told by their members. */
export type CustomerData = Readonly<Record<string, readonly CsvRow[]>>

/** All that is kept of the customer and all that happened in their wallet, the newest first. */
export async function gatherCustomerData(
  { db, ledger }: { db: Db; ledger: Ledger },
  customer: CustomerIdentity,
): Promise<CustomerData> {
  const network = customer.network.id
  const wallet = await readWallet(db, network, customer.wallet.id)
  if (wallet === null) throw new Refusal('not_found')
  const consents = await listConsents(db, network, customer.customer)
  return {
    ...(await readHoldings(db, customer)),
    wallet: [
      {
        id: typeId('wal', wallet.uuid),
        posted: Number(wallet.posted),
        held: Number(wallet.held),
        available: Number(wallet.available),
        debt: Number(wallet.debt),
        locked: wallet.locked,
      },
    ],
    points: wallet.lots.map((lot) => ({
      issuer: typeId('mer', lot.issuer),
      remaining: Number(lot.remaining),
      expires_at: lot.expiresAt && lot.expiresAt.toISOString(),
    })),
    consents: consents.map(presentConsent),
    transactions: await gatherTransactions({ db, ledger }, customer),
  }
}

async function gatherTransactions(
  { db, ledger }: { db: Db; ledger: Ledger },
  customer: CustomerIdentity,
): Promise<CsvRow[]> {
  const rows: CsvRow[] = []
  let after: bigint | undefined
  do {
    const found = await listPage(ledger, customer, { wallet: customer.wallet.id, after })
    const tills = await pickTills(
      db,
      customer.network.id,
      found.map(({ credential }) => credential),
    )
    const moves = await pickMoveReversals(
      db,
      customer.network.id,
      found.filter(({ reason }) => reason !== null).map(({ transaction }) => transaction),
    )
    for (const transaction of found) {
      const { legs: _legs, hold, ...flat } = presentTransaction(customer, tills, transaction)
      // What staff wrote about them is theirs, but where it is about somebody else as well.
      const isAboutThem = transaction.wallet === customer.wallet.uuid && !moves.has(transaction.transaction)
      rows.push({ ...flat, hold: hold && hold.state, reason: isAboutThem ? transaction.reason : null })
    }
    after = found.length < pageSize ? undefined : found.at(-1)?.entryIndex
  } while (after !== undefined)
  return rows
}

function listPage(
  ledger: Ledger,
  { network }: CustomerIdentity,
  { wallet, after }: { wallet: WalletId; after: bigint | undefined },
): Promise<Transaction[]> {
  return listTransactions(
    ledger,
    network.id,
    { wallet },
    { limit: pageSize, ...(after !== undefined && { after }) },
  )
}

/** The archive: `customer.json` with everything, and a CSV file for each table that has rows. */
export function packCustomerData(data: CustomerData): NodeJS.ReadableStream {
  const zip = new ZipFile()
  zip.addBuffer(Buffer.from(`${JSON.stringify(data, null, 2)}\n`), 'customer.json')
  for (const [table, rows] of Object.entries(data)) {
    if (rows[0] === undefined) continue
    zip.addBuffer(Buffer.from(writeCsv(Object.keys(rows[0]), rows)), `${table}.csv`)
  }
  zip.end()
  return zip.outputStream
}
