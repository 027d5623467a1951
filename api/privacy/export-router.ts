import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { Ledger } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireCustomer, type Access } from '../http/authenticate.ts'
import { id } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Db } from '../tables.ts'
import { gatherCustomerData, packCustomerData } from './export.ts'

const getExport = declareRoute({
  method: 'get',
  path: '/v1/customers/{id}/export',
  operation: 'exportCustomer',
  tag: 'Privacy',
  summary: "All of a customer's own data, to take away",
  description:
    'A zip archive: `customer.json` with everything, and the same as CSV, a file for each kind. No cell is a formula.',
  who: ['customer'],
  params: z.strictObject({ id: id('cus') }),
  answers: { 200: { description: 'The archive.', media: 'application/zip' } },
})

/** `GET /v1/customers/{id}/export`, for the customer alone. */
export function exportRoutes(
  routes: Routes,
  { access, db, ledger }: { access: Access; db: Db; ledger: Ledger },
): void {
  routes.on(getExport, async (req, res) => {
    const customer = await requireCustomer(access, req)
    const { params } = getExport.parse(req)
    if (params.id !== customer.customer) throw new Refusal('not_found')
    const data = await gatherCustomerData({ db, ledger }, customer)
    await recordAudit(db, auditSource(req), { subjects: [typeId('cus', customer.customer)] })
    const name = `${customer.network.slug}-${access.now().toISOString().slice(0, 10)}.zip`
    res.type('application/zip').attachment(name)
    await pipeline(packCustomerData(data), res)
  })
}
