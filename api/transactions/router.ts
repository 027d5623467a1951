import { z } from 'zod'
import {
  listTransactions,
  readTransaction,
  type Ledger,
  type Transaction,
  type TransactionUuid,
  type Uuid,
} from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { id, text, time } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { cutPage, limit, page } from '../http/paging.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Db } from '../tables.ts'
import type { WalletDirectory } from '../wallets/store.ts'
import { readMoveReason } from './moved-sale-store.ts'
import { presentTransaction, transactionKinds, transactionShape } from './present.ts'
import { findMerchantId, findTillCredential, pickTills } from './store.ts'
import { isVisible, readerScope, readsReasons, type Reader } from './visible.ts'

const readers = ['till', 'staff', 'customer'] as const

const transactionQuery = z.strictObject({
  wallet: id('wal').optional(),
  merchant: id('mer').optional(),
  till: id('til').optional(),
  kind: z.enum(transactionKinds).optional(),
  reference: text(100).optional(),
  from: time().optional().meta({ description: 'Posted at this time or later.' }),
  until: time().optional().meta({ description: 'Posted before this time.' }),
  limit: limit(),
  after: z
    .string()
    .regex(/^\d{1,18}$/, 'must be the `next` of the page before')
    .transform(BigInt)
    .optional(),
})

const listRoute = declareRoute({
  method: 'get',
  path: '/v1/transactions',
  operation: 'listTransactions',
  tag: 'Transactions',
  summary: 'List transactions, newest first',
  description:
    "Customers see their wallet's, tills and staff their merchant's, operators and auditors all of the network.",
  who: [...readers, 'operator'],
  query: transactionQuery,
  answers: { 200: { description: 'A page.', schema: page(transactionShape) } },
})

const readRoute = declareRoute({
  method: 'get',
  path: '/v1/transactions/{id}',
  operation: 'getTransaction',
  tag: 'Transactions',
  summary: 'Read a transaction',
  who: [...readers, 'operator'],
  params: z.strictObject({ id: id('txn') }),
  answers: {
    200: {
      description: 'The transaction.',
      schema: transactionShape.extend({
        reason: z
          .string()
          .nullable()
          .meta({
            description:
              'What staff wrote when they did it; of a purchase, when they moved it here from another customer. For ' +
              'operators and the people of its merchant, at a till while somebody is switched on; null for others, and ' +
              'once anybody it is about was erased.',
          }),
      }),
    },
  },
})

/** `GET /v1/transactions` and `/{id}`, for whoever was part of them. */
export function transactionRoutes(
  routes: Routes,
  { access, db, wallets, ledger }: { access: Access; db: Db; wallets: WalletDirectory; ledger: Ledger },
): void {
  routes.on(listRoute, async (req, res) => {
    const reader = await requireOneOf(access, req, readers)
    const { query } = listRoute.parse(req)
    const filter = await filterOf({ db, wallets }, reader, query)
    const reading = { limit: query.limit + 1, after: query.after }
    const transactions = await listTransactions(ledger, reader.network.id, filter, reading)
    const tills = await pickTills(
      db,
      reader.network.id,
      transactions.map(({ credential }) => credential),
    )
    const shown = cutPage(transactions, query.limit, {
      cursor: (transaction) => String(transaction.entryIndex),
      present: (transaction) => presentTransaction(reader, tills, transaction),
    })
    // Whoever of the staff looks at one person's is on record; a shop's own list names nobody by itself.
    if (reader.kind === 'staff' && query.wallet !== undefined) {
      await recordAudit(db, auditSource(req), { subjects: [typeId('wal', query.wallet)] })
    }
    listRoute.answer(res, 200, shown)
  })

  routes.on(readRoute, async (req, res) => {
    const reader = await requireOneOf(access, req, readers)
    const { params } = readRoute.parse(req)
    const transaction = await readTransaction(ledger.db, reader.network.id, params.id as TransactionUuid)
    if (transaction === null || !isVisible(reader, transaction)) throw new Refusal('not_found')
    const tills = await pickTills(db, reader.network.id, [transaction.credential])
    const reason = await findReason(db, reader, transaction)
    // It is about people: whoever reads it is on record, as whoever looks at a person.
    if (reason !== null) await recordAudit(db, auditSource(req), { subjects: [typeId('txn', params.id)] })
    readRoute.answer(res, 200, { ...presentTransaction(reader, tills, transaction), reason })
  })
}

async function findReason(db: Db, reader: Reader, posted: Transaction): Promise<string | null> {
  if (!readsReasons(reader)) return null
  return posted.reason ?? (await readMoveReason(db, reader.network.id, posted.transaction))
}

/** The ledger's filter within the reader's scope. Refuses `not_found` what lies beyond it. */
async function filterOf(
  { db, wallets }: { db: Db; wallets: WalletDirectory },
  reader: Reader,
  query: z.output<typeof transactionQuery>,
) {
  const network = reader.network.id
  const scope = readerScope(reader)
  if (scope.wallet !== undefined && query.till !== undefined) throw new Refusal('not_found')
  const wallet = await resolve(query.wallet, (uuid) => wallets.find(network, uuid))
  const merchant = await resolve(query.merchant, (uuid) => findMerchantId(db, network, uuid))
  const credential = await resolve(query.till, (till) =>
    findTillCredential(db, network, { till, merchant: scope.merchant }),
  )
  return {
    wallet: within(scope.wallet, wallet),
    merchant: within(scope.merchant, merchant),
    credential,
    kind: query.kind,
    reference: query.reference,
    from: query.from,
    until: query.until,
  }
}

async function resolve<Id>(
  uuid: Uuid | undefined,
  find: (uuid: Uuid) => Promise<Id | undefined>,
): Promise<Id | undefined> {
  if (uuid === undefined) return undefined
  const found = await find(uuid)
  if (found === undefined) throw new Refusal('not_found')
  return found
}

/** What was asked for, unless the scope is another. */
function within<Id>(scope: Id | undefined, asked: Id | undefined): Id | undefined {
  if (scope !== undefined && asked !== undefined && asked !== scope) throw new Refusal('not_found')
  return asked ?? scope
}
