import type { Request } from 'express'
import { z } from 'zod'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { id, shownId, shownTime, time } from '../http/fields.ts'
import { typeId, uuidOf, type IdPrefix } from '../http/ids.ts'
import { cutPage, limit, page } from '../http/paging.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { DeploymentOperatorIdentity, StaffIdentity } from '../identity/identities.ts'
import type { Db } from '../tables.ts'
import { listAuditEvents, type AuditEventRow } from './store.ts'

const actorPrefixes = { till: 'til', staff: 'usr', 'deployment operator': 'usr', customer: 'cus' } as const

const shownEvent = z
  .strictObject({
    id: shownId('aud'),
    at: shownTime(),
    actor: z.strictObject({
      kind: z.enum(['till', 'staff', 'customer', 'deployment operator', 'anyone', 'system']),
      id: z.string().nullable().meta({ description: 'Of a person (`usr_…`), a till or a customer.' }),
      role: z.string().nullable(),
      staff: shownId('usr').nullable().meta({ description: 'Who stood at the till that acted.' }),
    }),
    merchant: shownId('mer').nullable().meta({ description: 'The merchant it concerns.' }),
    operation: z.string().meta({ description: 'The operationId of the call, or the name of a job.' }),
    outcome: z.string().meta({ description: '`done`, or the code of the refusal.' }),
    subjects: z.array(z.string()).meta({ description: 'Ids of what was changed, made or looked at.' }),
    changed: z.array(z.string()).meta({ description: 'Names of the fields that changed.' }),
    request_id: z.string().nullable(),
    address: z.string().nullable().meta({
      description: 'From where; null for auditors, for jobs, and when it was forgotten after its time.',
    }),
  })
  .meta({ id: 'AuditEvent' })

const getEvents = declareRoute({
  method: 'get',
  path: '/v1/audit-events',
  operation: 'listAuditEvents',
  tag: 'Audit',
  summary: 'List who did what, and what was refused, newest first',
  description:
    'Operators and auditors see all of the network, owners what concerns their merchant, the deployment’s operator what ' +
    'was done outside any network. What tills post is told by the ' +
    'log itself: read that at `/v1/transactions`.',
  who: ['operator', 'staff', 'deployment operator'],
  query: z.strictObject({
    limit: limit(),
    after: id('aud').optional(),
    actor: actor().optional(),
    subject: z
      .string()
      .regex(/^[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}$/, { error: 'must be an id' })
      .optional(),
    operation: z
      .string()
      .regex(/^[A-Za-z-]{1,60}$/, { error: 'must be an operationId' })
      .optional(),
    outcome: z.enum(['done', 'refused']).optional(),
    from: time().optional(),
    until: time().optional(),
  }),
  answers: { 200: { description: 'Events.', schema: page(shownEvent) } },
})

/** The id of a person, a till or a customer, as the UUID inside it. */
function actor() {
  return z.string().transform((value, context) => {
    const prefixes: readonly IdPrefix[] = ['usr', 'til', 'cus']
    const uuid = prefixes.map((prefix) => uuidOf(prefix, value)).find((found) => found !== null)
    if (uuid !== undefined) return uuid
    context.addIssue({ code: 'custom', message: 'must be an id that begins with usr_, til_ or cus_' })
    return z.NEVER
  })
}

/** `GET /v1/audit-events`, for operators, auditors, owners, and the deployment's operator. */
export function auditRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(getEvents, async (req, res) => {
    const reader = await requireAuditReader(access, req)
    const { query } = getEvents.parse(req)
    const [network, merchant] =
      reader.kind === 'staff' ? [reader.network.id, reader.merchant?.id] : [null, undefined]
    const rows = await listAuditEvents(db, network, { ...query, merchant })
    const cursor = (row: AuditEventRow) => typeId('aud', row.uuid)
    const present = (row: AuditEventRow) => presentTo(reader, row)
    getEvents.answer(res, 200, cutPage(rows, query.limit, { cursor, present }))
  })
}

type AuditReader = StaffIdentity | DeploymentOperatorIdentity

async function requireAuditReader(access: Access, req: Request): Promise<AuditReader> {
  const reader = await requireOneOf(access, req, ['staff', 'deployment operator'])
  const mayRead = reader.kind !== 'staff' || ['operator', 'auditor', 'owner'].includes(reader.role)
  if (!mayRead) throw new Refusal('forbidden')
  return reader
}

function presentTo(reader: AuditReader, event: AuditEventRow): z.input<typeof shownEvent> {
  return {
    id: typeId('aud', event.uuid),
    at: event.at.toISOString(),
    actor: {
      kind: event.actor_kind,
      id: actorId(event),
      role: event.actor_role,
      staff: event.staff_uuid === null ? null : typeId('usr', event.staff_uuid),
    },
    merchant: event.merchant_uuid === null ? null : typeId('mer', event.merchant_uuid),
    operation: event.operation,
    outcome: event.outcome,
    subjects: event.subjects,
    changed: event.changed,
    request_id: event.request_id,
    address: reader.kind === 'staff' && reader.role === 'auditor' ? null : event.address,
  }
}

function actorId({ actor_kind: kind, actor_uuid: uuid }: AuditEventRow): string | null {
  if (uuid === null || kind === 'anyone' || kind === 'system') return null
  return typeId(actorPrefixes[kind], uuid)
}
