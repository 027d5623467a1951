import { z } from 'zod'
import type { Ledger, MerchantId, Points } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireStaff, type Access } from '../http/authenticate.ts'
import { id, integer, longText, shownId, shownInteger, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { cutPage, limit, page } from '../http/paging.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, idempotencyKey, markReplayed, type Routes } from '../http/routes.ts'
import type { StaffIdentity } from '../identity/identities.ts'
import type { Db } from '../tables.ts'
import { presentWalletAfter, walletAfter } from '../transactions/post-command.ts'
import { findMerchantId } from '../transactions/store.ts'
import type { WalletDirectory } from '../wallets/store.ts'
import { demandSecondPerson, postAdjustment } from './approval.ts'
import {
  askAdjustment,
  findAdjustment,
  listAdjustments,
  withdrawAdjustment,
  type Adjustment,
} from './store.ts'

const tag = 'Corrections'
const adjustmentPath = z.strictObject({ id: id('adj') })

const shownAdjustment = z
  .strictObject({
    id: shownId('adj'),
    state: z.enum(['asked', 'approved', 'withdrawn']),
    merchant: shownId('mer'),
    wallet: shownId('wal'),
    points: integer().meta({ description: 'Above 0 gives, below 0 takes.' }),
    reason: z.string().nullable().meta({ description: 'Null for auditors.' }),
    asked_by: shownId('usr'),
    asked_at: shownTime(),
    approved_by: shownId('usr').nullable(),
    transaction: shownId('txn').nullable(),
  })
  .meta({ id: 'Adjustment' })

const postRoute = declareRoute({
  method: 'post',
  path: '/v1/adjustments',
  operation: 'postAdjustment',
  tag,
  summary: 'Ask for a correction by hand; nothing moves until a second person approves',
  who: ['staff', 'operator'],
  body: z.strictObject({
    merchant: id('mer').optional().meta({ description: "In whose name, from operators; else one's own." }),
    wallet: id('wal'),
    points: z
      .int()
      .refine((value) => value !== 0, { error: 'must not be 0' })
      .transform((value) => BigInt(value) as Points)
      .meta({
        description: 'Above 0 gives, as an issue of the merchant; below 0 takes, as a redemption at it.',
      }),
    reason: longText(500),
  }),
  answers: { 201: { description: 'Asked.', schema: shownAdjustment } },
  refusals: ['wallet_closed'],
})

const listRoute = declareRoute({
  method: 'get',
  path: '/v1/adjustments',
  operation: 'listAdjustments',
  tag,
  summary: 'List corrections, newest first',
  who: ['staff', 'operator'],
  query: z.strictObject({
    state: z.enum(['asked', 'approved', 'withdrawn']).optional(),
    limit: limit(),
    after: id('adj').optional(),
  }),
  answers: { 200: { description: 'A page.', schema: page(shownAdjustment) } },
})

const approveRoute = declareRoute({
  method: 'post',
  path: '/v1/adjustments/{id}/approval',
  operation: 'approveAdjustment',
  tag,
  summary: 'Approve a correction that another person asked for: it is posted, once',
  description:
    'By an owner or manager of the shop who did not ask for it; by the operator where the shop has nobody else, and where ' +
    'it takes more than the customer still has of what the shop gave.',
  who: ['staff', 'operator'],
  idempotent: true,
  params: adjustmentPath,
  body: z.strictObject({}).optional(),
  answers: {
    201: {
      description: 'Posted.',
      schema: z.strictObject({ transaction: shownId('txn'), points: integer(), wallet: walletAfter }),
    },
  },
  refusals: [
    'adjustment_withdrawn',
    'amount_out_of_range',
    'asker_left',
    'issuing_limit_reached',
    'merchant_left',
    'points_insufficient',
    'same_person',
    'too_many_lots',
    'wallet_closed',
  ],
})

const withdrawRoute = declareRoute({
  method: 'delete',
  path: '/v1/adjustments/{id}',
  operation: 'withdrawAdjustment',
  tag,
  summary: 'Withdraw a correction that nobody approved yet',
  description: 'By whoever asked, an owner or a manager of the shop, or the operator.',
  who: ['staff', 'operator'],
  params: adjustmentPath,
  answers: { 204: { description: 'Withdrawn.' } },
  refusals: ['adjustment_approved'],
})

interface Parts {
  readonly access: Access
  readonly db: Db
  readonly wallets: WalletDirectory
  readonly ledger: Ledger
}

/** `/v1/adjustments`: asked for by one person, approved by another. */
export function adjustmentRoutes(routes: Routes, { access, db, wallets, ledger }: Parts): void {
  routes.on(postRoute, async (req, res) => {
    const staff = await requireHand(access, req)
    const network = staff.network.id
    const { body } = postRoute.parse(req)
    const merchant = await actingMerchant(db, staff, body.merchant)
    const wallet = await wallets.find(network, body.wallet)
    if (wallet === undefined) throw new Refusal('not_found')
    const { points, reason } = body
    const uuid = await db.transaction().execute(async (tx) => {
      const asked = { merchant, wallet, points, reason, by: staff, now: access.now() }
      const made = await askAdjustment(tx, network, asked)
      await recordAudit(tx, auditSource(req), { subjects: [typeId('adj', made), typeId('wal', body.wallet)] })
      return made
    })
    const made = await findAdjustment(db, network, { uuid, merchant })
    postRoute.answer(res, 201, present(staff, made))
  })

  routes.on(listRoute, async (req, res) => {
    const staff = await requireStaff(access, req)
    const { query } = listRoute.parse(req)
    const rows = await listAdjustments(db, staff.network.id, { ...query, merchant: staff.merchant?.id })
    const cursor = (row: Adjustment) => typeId('adj', row.uuid)
    const shown = cutPage(rows, query.limit, { cursor, present: (row) => present(staff, row) })
    // Reasons are about people: whoever reads them is on record.
    const subjects = shown.data.filter(({ reason }) => reason !== null).map((read) => read.id)
    if (subjects.length > 0) await recordAudit(db, auditSource(req), { subjects })
    listRoute.answer(res, 200, shown)
  })

  routes.on(approveRoute, async (req, res) => {
    const staff = await requireHand(access, req)
    idempotencyKey(req)
    const { params } = approveRoute.parse(req)
    const scope = { uuid: params.id, merchant: staff.merchant?.id }
    const adjustment = await findAdjustment(db, staff.network.id, scope)
    await demandSecondPerson(db, staff, adjustment)
    const audit = auditSource(req)
    const posted = await postAdjustment({ db, ledger, audit }, staff, { adjustment, now: access.now() })
    if (posted.outcome === 'replayed') markReplayed(res)
    approveRoute.answer(res, 201, {
      transaction: typeId('txn', posted.transaction),
      points: shownInteger(adjustment.points),
      wallet: presentWalletAfter(posted),
    })
  })

  routes.on(withdrawRoute, async (req, res) => {
    const staff = await requireHand(access, req)
    const { params } = withdrawRoute.parse(req)
    const scope = { uuid: params.id, merchant: staff.merchant?.id }
    const adjustment = await findAdjustment(db, staff.network.id, scope)
    if (staff.role === 'cashier' && adjustment.asked_by !== staff.person) throw new Refusal('forbidden')
    await db.transaction().execute(async (tx) => {
      const withdrawn = await withdrawAdjustment(tx, staff.network.id, params.id)
      if (!withdrawn && adjustment.state !== 'withdrawn') throw new Refusal('adjustment_approved')
      await recordAudit(tx, auditSource(req), {
        subjects: [typeId('adj', params.id)],
        merchant: adjustment.merchant_id,
      })
    })
    withdrawRoute.answer(res, 204, undefined)
  })
}

/** A person who may act: an auditor only reads. */
async function requireHand(access: Access, req: Parameters<typeof requireStaff>[1]): Promise<StaffIdentity> {
  const staff = await requireStaff(access, req)
  if (staff.role === 'auditor') throw new Refusal('forbidden')
  return staff
}

/** In whose name: one's own merchant; from operators the one they name. Refuses `not_found`, `request_invalid`. */
async function actingMerchant(db: Db, staff: StaffIdentity, named: string | undefined): Promise<MerchantId> {
  if (staff.merchant !== null) {
    if (named !== undefined && named !== staff.merchant.uuid) throw new Refusal('not_found')
    return staff.merchant.id
  }
  if (named === undefined) {
    throw new Refusal('request_invalid', { errors: [{ pointer: '#/merchant', detail: 'is missing' }] })
  }
  const merchant = await findMerchantId(db, staff.network.id, named)
  if (merchant === undefined) throw new Refusal('not_found')
  return merchant
}

function present(reader: StaffIdentity, row: Adjustment): z.input<typeof shownAdjustment> {
  return {
    id: typeId('adj', row.uuid),
    state: row.state,
    merchant: typeId('mer', row.merchant_uuid),
    wallet: typeId('wal', row.wallet_uuid),
    points: shownInteger(row.points),
    reason: reader.role === 'auditor' ? null : row.reason,
    asked_by: typeId('usr', row.asked_by),
    asked_at: row.asked_at.toISOString(),
    approved_by: row.approved_by && typeId('usr', row.approved_by),
    transaction: row.transaction_uuid && typeId('txn', row.transaction_uuid),
  }
}
