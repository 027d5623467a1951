import type { Request } from 'express'
import { z } from 'zod'
import { auditSource, recordAudit } from '../audit/record.ts'
import { eventTypes } from '../events/present-entry.ts'
import { requireStaff, type Access } from '../http/authenticate.ts'
import { change, id, integer, shownId, shownInteger, shownTime, text } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { cutPage, limit, page } from '../http/paging.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Db } from '../tables.ts'
import { webhookSecret } from './secrets.ts'
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  findWebhook,
  listDeliveries,
  listWebhooks,
  replayWebhook,
  type WebhookRow,
  type WebhookScope,
} from './store.ts'
import { faultOfUrl, type TargetRules } from './target.ts'

const tag = 'Webhooks'
const who = ['staff', 'operator'] as const
const byId = z.strictObject({ id: id('whk') })

const url = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .meta({ description: 'Begins with https://, and leads to a public address.' })
const types = z
  .array(z.enum(eventTypes))
  .min(1)
  .max(eventTypes.length)
  .nullable()
  .meta({ description: 'What it hears of; null: everything that its owner may see.' })
const description = text(200)

const shownWebhook = z
  .strictObject({
    id: shownId('whk'),
    url: z.string(),
    description: z.string().nullable(),
    types: z.array(z.enum(eventTypes)).nullable(),
    cursor: integer().meta({ description: 'It has heard of all entries up to this index of the log.' }),
    failing_since: shownTime().nullable(),
    next_attempt_at: shownTime().nullable(),
    paused_at: shownTime().nullable(),
    pause_reason: z.enum(['asked', 'failing', 'gone']).nullable(),
    previous_secret_until: shownTime().nullable().meta({
      description: 'Until then messages are signed with the secret before as well.',
    }),
    created_at: shownTime(),
    secret: z.string().optional().meta({ description: 'Shown once, when it is new: keep it.' }),
  })
  .meta({ id: 'Webhook' })

const shownDelivery = z
  .strictObject({
    id: shownId('dlv'),
    index: integer().meta({ description: 'The entry that was sent.' }),
    attempted_at: shownTime(),
    milliseconds: integer(),
    status: integer().nullable().meta({ description: 'Of the answer; null: none came.' }),
    error: z
      .enum(['address_refused', 'name_unknown', 'not_trusted', 'timed_out', 'unreachable'])
      .nullable()
      .meta({ description: 'Why none came.' }),
    delivered: z.boolean(),
  })
  .meta({ id: 'WebhookDelivery' })

const postWebhook = declareRoute({
  method: 'post',
  path: '/v1/webhooks',
  operation: 'createWebhook',
  tag,
  summary: 'Be told of what happens',
  description:
    'From now on every entry of the log that its owner may see is sent to the address, as Standard Webhooks say ' +
    '(standardwebhooks.com): in the order of the log, at least once, one after the other. An answer other than 2xx, or ' +
    'none in 10 seconds, is tried again for 3 days, and nothing is sent past it; then the endpoint is paused and ' +
    'whoever made it is told by e-mail. Redirects are not followed. Owners hear of their merchant, operators of all.',
  who,
  body: z.strictObject({ url, types: types.default(null), description: description.optional() }),
  answers: { 201: { description: 'The endpoint, with its secret.', schema: shownWebhook } },
  refusals: ['webhook_url_refused', 'webhooks_too_many'],
})

const getWebhooks = declareRoute({
  method: 'get',
  path: '/v1/webhooks',
  operation: 'listWebhooks',
  tag,
  summary: 'List endpoints, from the oldest',
  who,
  query: z.strictObject({ limit: limit(), after: id('whk').optional() }),
  answers: { 200: { description: 'Endpoints.', schema: page(shownWebhook) } },
})

const patchWebhook = declareRoute({
  method: 'patch',
  path: '/v1/webhooks/{id}',
  operation: 'changeWebhook',
  tag,
  summary: 'Change an endpoint, pause it, let it go on, or give it a new secret',
  description:
    'An endpoint that goes on gets everything that it missed. A new secret and the one before both sign for 24 hours.',
  who,
  params: byId,
  body: change({
    url,
    types,
    description: description.nullable(),
    paused: z.boolean(),
    rotate_secret: z.literal(true),
  }),
  answers: { 200: { description: 'The endpoint; with its secret if that is new.', schema: shownWebhook } },
  refusals: ['webhook_url_refused'],
})

const deleteRoute = declareRoute({
  method: 'delete',
  path: '/v1/webhooks/{id}',
  operation: 'deleteWebhook',
  tag,
  summary: 'Forget an endpoint',
  who,
  params: byId,
  answers: { 204: { description: 'Forgotten.' } },
})

const getDeliveries = declareRoute({
  method: 'get',
  path: '/v1/webhooks/{id}/deliveries',
  operation: 'listWebhookDeliveries',
  tag,
  summary: 'List attempts of the last 30 days, newest first',
  who,
  params: byId,
  query: z.strictObject({ limit: limit(), after: id('dlv').optional() }),
  answers: { 200: { description: 'Attempts.', schema: page(shownDelivery) } },
})

const postReplay = declareRoute({
  method: 'post',
  path: '/v1/webhooks/{id}/replay',
  operation: 'replayWebhook',
  tag,
  summary: 'Send everything after an entry once more',
  description: 'Messages keep their webhook-id. A paused endpoint goes on.',
  who,
  params: byId,
  body: z.strictObject({
    after: z
      .int()
      .min(-1)
      .transform(BigInt)
      .meta({ description: 'The index of an entry; −1: from the beginning.' }),
  }),
  answers: { 200: { description: 'The endpoint, with its cursor moved.', schema: shownWebhook } },
})

/** What the routes of webhooks take. */
export interface WebhookParts {
  readonly access: Access
  readonly db: Db
  /** The deployment's. */
  readonly secret: Uint8Array
  readonly rules: TargetRules
  readonly now: () => Date
}

/** `/v1/webhooks`: owners have those of their merchant, operators those of the network. */
export function webhookRoutes(routes: Routes, { access, db, secret, rules, now }: WebhookParts): void {
  const withSecret = (row: WebhookRow) => ({
    ...present(row),
    secret: webhookSecret(secret, row.uuid, row.secret_version),
  })

  routes.on(postWebhook, async (req, res) => {
    const { scope, person } = await requireWebhookOwner(access, req)
    const { body } = postWebhook.parse(req)
    demandReachable(body.url, rules)
    const row = await db.transaction().execute(async (tx) => {
      const made = { ...body, description: body.description ?? null, by: person }
      const webhook = await createWebhook(tx, scope, made)
      await recordAudit(tx, auditSource(req), { subjects: [typeId('whk', webhook.uuid)] })
      return webhook
    })
    postWebhook.answer(res, 201, withSecret(row))
  })

  routes.on(getWebhooks, async (req, res) => {
    const { scope } = await requireWebhookOwner(access, req)
    const { query } = getWebhooks.parse(req)
    const rows = await listWebhooks(db, scope, query)
    const cursor = (row: WebhookRow) => typeId('whk', row.uuid)
    getWebhooks.answer(res, 200, cutPage(rows, query.limit, { cursor, present }))
  })

  routes.on(patchWebhook, async (req, res) => {
    const { scope } = await requireWebhookOwner(access, req)
    const { params, body } = patchWebhook.parse(req)
    if (body.url !== undefined) demandReachable(body.url, rules)
    const row = await db.transaction().execute(async (tx) => {
      const webhook = await changeWebhook(tx, scope, { uuid: params.id, change: body, now: now() })
      const subjects = [typeId('whk', params.id)]
      await recordAudit(tx, auditSource(req), { subjects, changed: Object.keys(body) })
      return webhook
    })
    patchWebhook.answer(res, 200, body.rotate_secret ? withSecret(row) : present(row))
  })

  routes.on(deleteRoute, async (req, res) => {
    const { scope } = await requireWebhookOwner(access, req)
    const { params } = deleteRoute.parse(req)
    await db.transaction().execute(async (tx) => {
      await deleteWebhook(tx, scope, params.id)
      await recordAudit(tx, auditSource(req), { subjects: [typeId('whk', params.id)] })
    })
    deleteRoute.answer(res, 204, undefined)
  })

  deliveryRoutes(routes, { access, db })
}

/** What became of what was sent, and sending it again. */
function deliveryRoutes(routes: Routes, { access, db }: Pick<WebhookParts, 'access' | 'db'>): void {
  routes.on(getDeliveries, async (req, res) => {
    const { scope } = await requireWebhookOwner(access, req)
    const { params, query } = getDeliveries.parse(req)
    await findWebhook(db, scope, params.id)
    const rows = await listDeliveries(db, scope.network, { webhook: params.id, ...query })
    const cursor = (row: DeliveryRow) => typeId('dlv', row.uuid)
    getDeliveries.answer(res, 200, cutPage(rows, query.limit, { cursor, present: presentDelivery }))
  })

  routes.on(postReplay, async (req, res) => {
    const { scope } = await requireWebhookOwner(access, req)
    const { params, body } = postReplay.parse(req)
    const row = await db.transaction().execute(async (tx) => {
      const webhook = await replayWebhook(tx, scope, { uuid: params.id, after: body.after })
      await recordAudit(tx, auditSource(req), { subjects: [typeId('whk', params.id)], changed: ['cursor'] })
      return webhook
    })
    postReplay.answer(res, 200, present(row))
  })
}

async function requireWebhookOwner(access: Access, req: Request) {
  const { role, network, merchant, person } = await requireStaff(access, req)
  if (role !== 'owner' && role !== 'operator') throw new Refusal('forbidden')
  const scope: WebhookScope = { network: network.id, merchant: merchant?.id ?? null }
  return { scope, person }
}

function demandReachable(address: string, rules: TargetRules): void {
  const fault = faultOfUrl(address, rules)
  if (fault === null) return
  throw new Refusal('webhook_url_refused', { errors: [{ pointer: '#/url', detail: fault }] })
}

function present(row: WebhookRow): z.input<typeof shownWebhook> {
  return {
    id: typeId('whk', row.uuid),
    url: row.url,
    description: row.description,
    types: row.types,
    cursor: shownInteger(row.cursor_index),
    failing_since: row.failing_since?.toISOString() ?? null,
    next_attempt_at: row.next_attempt_at?.toISOString() ?? null,
    paused_at: row.paused_at?.toISOString() ?? null,
    pause_reason: row.pause_reason,
    previous_secret_until: row.previous_secret_until?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  }
}

type DeliveryRow = Awaited<ReturnType<typeof listDeliveries>>[number]

function presentDelivery(row: DeliveryRow): z.input<typeof shownDelivery> {
  return {
    id: typeId('dlv', row.uuid),
    index: shownInteger(row.entry_index),
    attempted_at: row.attempted_at.toISOString(),
    milliseconds: row.milliseconds,
    status: row.status,
    error: row.error,
    delivered: row.delivered,
  }
}
