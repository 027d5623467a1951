import type { Request } from 'express'
import { z } from 'zod'
import { readWallet } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { id, integer, shownInteger, shownSum, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { SendMail } from '../mail/mailer.ts'
import type { Db } from '../tables.ts'
import { beginErasure, cancelErasure, findErasable, type CustomerKey } from './erasure-store.ts'
import { erasureLetter } from './letters.ts'

const tag = 'Privacy'
const who = ['customer', 'operator'] as const
const customerPath = z.strictObject({ id: id('cus') })

const consequences = z
  .strictObject({
    points_that_expire: integer().meta({ description: 'All that is left in the wallet, held points too.' }),
    worth_minor: integer().meta({
      description: "What they are worth, in minor units of the network's currency.",
    }),
    debt: integer().meta({ description: 'Points owed, which are let go.' }),
    erased_at: shownTime().meta({ description: 'When it happens, or would happen if asked for now.' }),
    state: z.enum(['not_asked', 'asked', 'inactive']).meta({
      description: '`inactive`: not asked for, but not seen for as long as the network remembers.',
    }),
  })
  .meta({ id: 'Erasure' })

const getErasure = declareRoute({
  method: 'get',
  path: '/v1/customers/{id}/erasure',
  operation: 'getErasure',
  tag,
  summary: 'What erasing a customer would mean, and whether it is under way',
  who,
  params: customerPath,
  answers: { 200: { description: 'The consequences.', schema: consequences } },
})

const deleteCustomer = declareRoute({
  method: 'delete',
  path: '/v1/customers/{id}',
  operation: 'deleteCustomer',
  tag,
  summary: 'Have a customer erased, after some days of grace',
  description:
    'Name the points that will be lost, as `GET …/erasure` tells them: nobody loses points unaware. Until the grace is ' +
    'over everything works, and it can be cancelled. Then the points expire, and all that says who it was is deleted; ' +
    'the books stay whole.',
  who,
  params: customerPath,
  query: z.strictObject({
    acknowledged_points: z
      .string()
      .regex(/^(0|[1-9]\d{0,15})$/, { error: 'must be a whole number' })
      .transform(Number)
      .meta({ description: '`points_that_expire` as it was told.' }),
  }),
  answers: { 202: { description: 'It will happen.', schema: consequences } },
  refusals: ['consequences_changed'],
})

const deleteErasure = declareRoute({
  method: 'delete',
  path: '/v1/customers/{id}/erasure',
  operation: 'cancelErasure',
  tag,
  summary: 'Cancel an erasure that has not happened yet',
  who,
  params: customerPath,
  answers: { 204: { description: 'The customer stays.' } },
})

/** `DELETE /v1/customers/{id}` and `/{id}/erasure`, for the customer, or the operator on their behalf. */
export function erasureRoutes(
  routes: Routes,
  { access, db, sendMail }: { access: Access; db: Db; sendMail: SendMail },
): void {
  routes.on(getErasure, async (req, res) => {
    const key = await requireErasing(access, req, (asked) => getErasure.parse(asked).params.id)
    const told = await tellConsequences(access, key)
    const source = auditSource(req)
    // Whoever looks at somebody else is on record.
    if (source.actor.kind !== 'customer') {
      await recordAudit(db, source, { subjects: [typeId('cus', key.customer)] })
    }
    getErasure.answer(res, 200, told)
  })

  routes.on(deleteCustomer, async (req, res) => {
    const key = await requireErasing(access, req, (asked) => deleteCustomer.parse(asked).params.id)
    const { query } = deleteCustomer.parse(req)
    const told = await tellConsequences(access, key)
    if (query.acknowledged_points !== told.points_that_expire) {
      throw new Refusal('consequences_changed', { members: { points_that_expire: told.points_that_expire } })
    }
    const known = await findErasable(db, key)
    const dueAt = new Date(told.erased_at)
    // Before it begins: nobody is forgotten who was not told. And before any row is locked: a mail server takes seconds,
    // and whoever waited for the row meanwhile would have a connection each.
    if (known?.email && told.state !== 'asked') {
      await sendMail(erasureLetter({ ...known, to: known.email }, { cause: 'asked', dueAt }))
    }
    await db.transaction().execute(async (tx) => {
      // Who was to be forgotten for inactivity and now asks for it is no longer asked whether they were seen.
      if (told.state === 'inactive') await cancelErasure(tx, key)
      await beginErasure(tx, key, { cause: 'asked', askedAt: access.now(), dueAt })
      await recordAudit(tx, auditSource(req), { subjects: [typeId('cus', key.customer)] })
    })
    deleteCustomer.answer(res, 202, { ...told, state: 'asked' })
  })

  routes.on(deleteErasure, async (req, res) => {
    const key = await requireErasing(access, req, (asked) => deleteErasure.parse(asked).params.id)
    await db.transaction().execute(async (tx) => {
      if (!(await cancelErasure(tx, key))) throw new Refusal('not_found')
      await recordAudit(tx, auditSource(req), { subjects: [typeId('cus', key.customer)] })
    })
    deleteErasure.answer(res, 204, undefined)
  })
}

/** The customer that the address names: themselves, or anyone of the network for its operator. */
async function requireErasing(
  access: Access,
  req: Request,
  named: (req: Request) => string,
): Promise<CustomerKey> {
  const caller = await requireOneOf(access, req, ['customer', 'staff'])
  if (caller.kind === 'staff' && caller.role !== 'operator') throw new Refusal('forbidden')
  const customer = named(req)
  if (caller.kind === 'customer' && caller.customer !== customer) throw new Refusal('not_found')
  return { network: caller.network.id, customer }
}

async function tellConsequences(
  { db, now }: Access,
  { network, customer }: CustomerKey,
): Promise<z.input<typeof consequences>> {
  const known = await findErasable(db, { network, customer })
  const wallet = known && (await readWallet(db, network, known.wallet_id))
  if (known === undefined || wallet === undefined || wallet === null) throw new Refusal('not_found')
  const { point_face_value_minor: worth } = await db
    .selectFrom('api.network')
    .select('point_face_value_minor')
    .where('network_id', '=', network)
    .executeTakeFirstOrThrow()
  const lost = wallet.posted > 0n ? wallet.posted : 0n
  const graceMs = known.erasure_grace_days * 24 * 60 * 60 * 1000
  return {
    points_that_expire: shownInteger(lost),
    worth_minor: shownSum(lost * worth),
    debt: shownInteger(wallet.debt),
    erased_at: (known.due_at ?? new Date(now().getTime() + graceMs)).toISOString(),
    state: known.cause ?? 'not_asked',
  }
}
