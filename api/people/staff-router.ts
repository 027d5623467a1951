import type { Request } from 'express'
import { z } from 'zod'
import type { MerchantId } from '../../ledger/index.ts'
import { actorOf } from '../audit/actor.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireStaff, type Access } from '../http/authenticate.ts'
import { change, email, id, shownId, shownTime, text } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { cutPage, limit, page } from '../http/paging.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { CreateSharedLimit } from '../http/shared-limit.ts'
import type { StaffIdentity } from '../identity/identities.ts'
import type { SendMail } from '../mail/mailer.ts'
import { readOwnMerchant } from '../merchants/router.ts'
import type { Db, Role } from '../tables.ts'
import { mayAppoint, merchantRoles } from './appointments.ts'
import { invitationLetter } from './letters.ts'
import {
  changeMember,
  findMember,
  inviteMember,
  listMembers,
  removeMember,
  type Appointment,
  type MemberRow,
} from './staff-store.ts'

const tag = 'People'
const personName = text(100)

export const shownMember = z
  .strictObject({
    id: shownId('usr'),
    name: z.string().nullable().meta({ description: 'Null for auditors: they see accounts, not names.' }),
    email: z.string().nullable(),
    role: z.enum(['operator', 'auditor', ...merchantRoles]),
    status: z.enum(['invited', 'active', 'ended']),
    created_at: shownTime(),
  })
  .meta({ id: 'Member' })

const erase = z.enum(['true', 'false']).default('false').meta({
  description: 'Also removes name and e-mail address; the trail keeps the id.',
})

const postStaff = declareRoute({
  method: 'post',
  path: '/v1/merchants/{id}/staff',
  operation: 'inviteStaff',
  tag,
  summary: 'Invite a person to a merchant, by e-mail',
  description: 'Managers invite cashiers, owners and operators everyone. The role counts once they accept.',
  who: ['operator', 'staff'],
  params: z.strictObject({ id: id('mer') }),
  body: z.strictObject({ email: email(), name: personName, role: z.enum(merchantRoles) }),
  answers: { 201: { description: 'Invited.', schema: shownMember } },
  refusals: ['person_taken', 'merchant_left'],
})

const getStaff = declareRoute({
  method: 'get',
  path: '/v1/merchants/{id}/staff',
  operation: 'listStaff',
  tag,
  summary: 'List the people of a merchant',
  who: ['operator', 'staff'],
  params: z.strictObject({ id: id('mer') }),
  query: z.strictObject({ limit: limit(), after: id('usr').optional() }),
  answers: { 200: { description: 'People.', schema: page(shownMember) } },
})

const oneOfStaff = z.strictObject({ id: id('mer'), person: id('usr') })

const patchStaff = declareRoute({
  method: 'patch',
  path: '/v1/merchants/{id}/staff/{person}',
  operation: 'changeStaff',
  tag,
  summary: 'Change a person’s role or name, at once',
  who: ['operator', 'staff'],
  params: oneOfStaff,
  body: change({ name: personName, role: z.enum(merchantRoles) }),
  answers: { 200: { description: 'The person as they are now.', schema: shownMember } },
})

const deleteStaff = declareRoute({
  method: 'delete',
  path: '/v1/merchants/{id}/staff/{person}',
  operation: 'removeStaff',
  tag,
  summary: 'Remove a person: they are signed out at once',
  who: ['operator', 'staff'],
  params: oneOfStaff,
  query: z.strictObject({ erase }),
  answers: { 204: { description: 'Removed.' } },
})

export interface People {
  readonly access: Access
  readonly db: Db
  readonly now: () => Date
  readonly sendMail: SendMail
  readonly invitationLimits: InvitationLimits
}

/** How many letters of invitation whoever invites may have sent, and may go to one address. */
export function createInvitationLimits(createSharedLimit: CreateSharedLimit) {
  return {
    byInviter: createSharedLimit('invitations by person', { count: 50, seconds: 60 * 60 }),
    toEmail: createSharedLimit('invitations to an e-mail', { count: 10, seconds: 24 * 60 * 60 }),
  }
}

type InvitationLimits = ReturnType<typeof createInvitationLimits>

/** `/v1/merchants/{id}/staff`: the people of a merchant. */
export function staffRoutes(routes: Routes, parts: People): void {
  const { access, db, now } = parts

  routes.on(postStaff, async (req, res) => {
    const staff = await requireStaff(access, req)
    const { params, body } = postStaff.parse(req)
    demandMayAppoint(staff, body.role)
    const merchant = await readOwnMerchant(db, staff, params.id)
    if (merchant.left_at !== null) throw new Refusal('merchant_left')
    const appointment = { ...body, merchant: merchant.merchant_id }
    postStaff.answer(res, 201, await invite(parts, req, { staff, appointment, at: merchant.name }))
  })

  routes.on(getStaff, async (req, res) => {
    const staff = await requireStaff(access, req)
    const { params, query } = getStaff.parse(req)
    if (staff.role === 'cashier') throw new Refusal('forbidden')
    const merchant = await readOwnMerchant(db, staff, params.id)
    const rows = await listMembers(db, staff.network.id, { merchant: merchant.merchant_id, ...query })
    getStaff.answer(res, 200, await presentPage(db, req, { staff, rows, limit: query.limit }))
  })

  routes.on(patchStaff, async (req, res) => {
    const { staff, member, body } = await readMember(parts, req, patchStaff)
    demandMayAppoint(staff, member.role)
    if (body.role !== undefined) demandMayAppoint(staff, body.role)
    const changed = await changeMember(db, actorOf(req, staff), member, body)
    patchStaff.answer(res, 200, presentTo(staff, changed))
  })

  routes.on(deleteStaff, async (req, res) => {
    const { staff, member, query } = await readMember(parts, req, deleteStaff)
    demandMayAppoint(staff, member.role)
    await removeMember(db, actorOf(req, staff), member, { erase: query.erase === 'true', now: now() })
    deleteStaff.answer(res, 204, undefined)
  })
}

async function readMember<Route extends typeof patchStaff | typeof deleteStaff>(
  { access, db }: People,
  req: Request,
  route: Route,
) {
  const staff = await requireStaff(access, req)
  const parsed = route.parse(req) as ReturnType<Route['parse']>
  const merchant = await readOwnMerchant(db, staff, parsed.params.id)
  const which = { person: parsed.params.person, merchant: merchant.merchant_id }
  return { ...parsed, staff, member: await findMember(db, staff.network.id, which) }
}

/** Refuses `forbidden` unless that person may give and take that role. */
export function demandMayAppoint(staff: StaffIdentity, role: Role): void {
  if (!mayAppoint(staff.role, role)) throw new Refusal('forbidden')
}

/** Invites, and answers the person as invited; the letter goes out after all is written. */
export async function invite(
  { db, now, sendMail, invitationLimits }: People,
  req: Request,
  { staff, appointment, at }: { staff: StaffIdentity; appointment: Appointment; at: string },
): Promise<z.input<typeof shownMember>> {
  await invitationLimits.byInviter.consume(staff.person)
  await invitationLimits.toEmail.consume(`${staff.network.id} ${appointment.email}`)
  const actor = actorOf(req, staff)
  const { person, token } = await inviteMember(db, actor, { ...appointment, now: now() })
  await sendMail(invitationLetter(appointment.email, { token, role: appointment.role, at }))
  const merchant: MerchantId | null = appointment.merchant
  return presentTo(staff, await findMember(db, staff.network.id, { person, merchant }))
}

/** A page of people. That their data was looked at goes into the trail, unless it was without names. */
export async function presentPage(
  db: Db,
  req: Request,
  { staff, rows, limit }: { staff: StaffIdentity; rows: MemberRow[]; limit: number },
) {
  const cursor = (row: MemberRow) => typeId('usr', row.person_uuid)
  const shown = cutPage(rows, limit, { cursor, present: (row) => presentTo(staff, row) })
  const subjects = shown.data.map((member) => member.id)
  if (staff.role !== 'auditor') await recordAudit(db, auditSource(req), { subjects })
  return shown
}

function presentTo(reader: StaffIdentity, member: MemberRow): z.input<typeof shownMember> {
  const seesNames = reader.role !== 'auditor'
  return {
    id: typeId('usr', member.person_uuid),
    name: seesNames ? member.name : null,
    email: seesNames ? member.email : null,
    role: member.role,
    status: member.ended_at !== null ? 'ended' : member.accepted_at === null ? 'invited' : 'active',
    created_at: member.created_at.toISOString(),
  }
}
