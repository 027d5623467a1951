import { z } from 'zod'
import {
  formatNote,
  readReceipt,
  readTransaction,
  type Ledger,
  type TransactionUuid,
} from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { id, integer } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { isVisible } from '../transactions/visible.ts'
import { mayReadEntry } from './receipt-rights.ts'

const readers = ['till', 'staff', 'customer'] as const

const receiptRoute = declareRoute({
  method: 'get',
  path: '/v1/transactions/{id}/receipt',
  operation: 'getReceipt',
  tag: 'Transactions',
  summary: 'Read the receipt of a transaction',
  description:
    'The log’s entry of the transaction, and the proof that it is in the log, against the newest checkpoint that enough ' +
    'witnesses have co-signed. `proof` is a file in itself (https://c2sp.org/tlog-proof, the entry in its `extra` line): with ' +
    '`Accept: text/plain` it is the whole answer. Anyone can check it with `npm run verify -- --receipt FILE --policy FILE`. For ' +
    'a second or so after the posting, and until the witnesses have co-signed, it is not ready: 409. An entry is handed out ' +
    'whole or not at all: who may not read all of it (a gift’s receiver; whoever would learn of somebody’s debt elsewhere) ' +
    'is refused with 403.',
  who: [...readers, 'operator'],
  params: z.strictObject({ id: id('txn') }),
  answers: {
    200: {
      description: 'The receipt.',
      schema: z
        .strictObject({
          index: integer().meta({ description: 'The place of the entry in the log, from 0.' }),
          entry: z.string().meta({ description: 'The entry, byte for byte: canonical JSON (RFC 8785).' }),
          checkpoint: z
            .string()
            .meta({ description: 'The checkpoint that the proof leads to: a signed note.' }),
          proof: z
            .string()
            .meta({ description: 'Entry, proof and checkpoint in one: what to keep and hand on.' }),
        })
        .meta({ id: 'Receipt' }),
      media: 'text/plain',
    },
  },
  refusals: ['receipt_not_ready', 'receipt_tells_of_others'],
})

/** `GET /v1/transactions/{id}/receipt`, for whoever may read all of the transaction. */
export function receiptRoutes(routes: Routes, { access, ledger }: { access: Access; ledger: Ledger }): void {
  routes.on(receiptRoute, async (req, res) => {
    const reader = await requireOneOf(access, req, readers)
    const { params } = receiptRoute.parse(req)
    const network = reader.network.id
    const transaction = await readTransaction(ledger.db, network, params.id as TransactionUuid)
    if (transaction === null || !isVisible(reader, transaction)) throw new Refusal('not_found')
    if (!mayReadEntry(reader, transaction)) throw new Refusal('receipt_tells_of_others')
    const receipt = await readReceipt(ledger.db, network, Number(transaction.entryIndex))
    if (!receipt) throw new Refusal('receipt_not_ready', { headers: { 'Retry-After': '2' } })
    // It is a person's purchase: whoever of the staff looks at it is on record.
    if (reader.kind === 'staff') {
      await recordAudit(access.db, auditSource(req), { subjects: [typeId('txn', params.id)] })
    }
    if (req.accepts(['application/json', 'text/plain']) === 'text/plain') {
      return void res.attachment(`${req.params['id']}.tlog-proof`).type('text/plain').send(receipt.file)
    }
    const { index, checkpoint } = receipt.proof
    receiptRoute.answer(res, 200, {
      index,
      entry: receipt.entry,
      checkpoint: formatNote(checkpoint.note),
      proof: receipt.file,
    })
  })
}
