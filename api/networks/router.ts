import { z } from 'zod'
import { currencyDigits, points as pointsOf } from '../../ledger/index.ts'
import { auditSource } from '../audit/record.ts'
import {
  requireDeploymentOperator,
  requireOneOf,
  requireOperator,
  type Access,
} from '../http/authenticate.ts'
import {
  change,
  integer,
  longText,
  minor,
  points,
  shownId,
  shownInteger,
  shownTime,
  text,
} from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { cutPage, limit, page } from '../http/paging.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { factor } from '../rules/multiplier-fields.ts'
import type { Db } from '../tables.ts'
import { currency, locale, shownCurrencyDigits, slug, timeZone } from './fields.ts'
import {
  changeNetwork,
  createNetwork,
  isTimeZone,
  listNetworks,
  readNetwork,
  type NetworkRow,
} from './store.ts'

const tag = 'Networks'
const publicUrl = z.url({ protocol: /^https?$/ }).max(200)
const terms = longText(20_000)

/** A network as those who act in it see it. */
export const shownNetwork = z
  .strictObject({
    id: shownId('net'),
    slug: z.string(),
    name: z.string(),
    currency: z.string().meta({ example: 'EUR' }),
    currency_digits: shownCurrencyDigits,
    point_face_value_minor: integer().meta({ description: 'What one point is worth, in minor units.' }),
    time_zone: z.string().meta({ description: 'Days are days of this IANA time zone.' }),
    locale: z.string(),
    public_url: z.string().nullable(),
    terms: z.string().nullable(),
    grace_days: integer().meta({
      description: 'How long points live that a refund brings back after their expiry.',
    }),
    notice_days: integer().meta({ description: 'How long worse terms wait.' }),
    redeem_without_qr_daily_max: integer().meta({
      description: 'Points that may be taken without a QR in a day, for each wallet and each till.',
    }),
    card_pays: z.boolean().meta({ description: 'Whether points may be taken with a printed card.' }),
    goodwill_daily_max: integer().meta({
      description: 'Points that each shop may give in a day without a purchase.',
    }),
    erasure_grace_days: integer().meta({ description: 'How long an erasure can be cancelled.' }),
    forget_after_months: integer().nullable().meta({
      description: 'Customers not seen for so long are told, and erased after the grace; null: never.',
    }),
    minimum_age: integer().nullable().meta({
      description: 'Whoever joins is asked whether they are at least so old; null: nobody is asked.',
    }),
    merchant_multiplier_min: z.string().meta({ description: 'Least own factor of a merchant on the rule.' }),
    merchant_multiplier_max: z.string().meta({ description: 'Most.' }),
    created_at: shownTime(),
  })
  .meta({ id: 'Network' })

const bySlug = z.strictObject({ slug })

const postNetwork = declareRoute({
  method: 'post',
  path: '/v1/networks',
  operation: 'createNetwork',
  tag,
  summary: 'Make a network',
  description:
    'With its house merchant, its ledger and its log. Whoever makes it is its first operator: sign in again with ' +
    '`network` to act in it. Currency, face value, time zone and days can not change later.',
  who: ['deployment operator'],
  body: z.strictObject({
    slug,
    name: text(100),
    currency,
    point_face_value_minor: minor(),
    time_zone: timeZone.default('UTC'),
    locale: locale.default('en'),
    public_url: publicUrl.optional(),
    terms: terms.optional(),
    grace_days: z.int().min(0).max(365).default(30),
    notice_days: z.int().min(0).max(365).default(30),
    redeem_without_qr_daily_max: points(0).optional(),
  }),
  answers: { 201: { description: 'The network.', schema: shownNetwork } },
  refusals: ['slug_taken'],
})

const getNetworks = declareRoute({
  method: 'get',
  path: '/v1/networks',
  operation: 'listNetworks',
  tag,
  summary: 'List networks, by slug',
  who: ['deployment operator'],
  query: z.strictObject({ limit: limit(), after: slug.optional() }),
  answers: { 200: { description: 'Networks.', schema: page(shownNetwork) } },
})

const getNetwork = declareRoute({
  method: 'get',
  path: '/v1/networks/{slug}',
  operation: 'readNetwork',
  tag,
  summary: 'Read the network that the credential acts in',
  who: ['staff', 'operator', 'till', 'customer'],
  params: bySlug,
  answers: { 200: { description: 'The network.', schema: shownNetwork } },
})

const patchNetwork = declareRoute({
  method: 'patch',
  path: '/v1/networks/{slug}',
  operation: 'changeNetwork',
  tag,
  summary: 'Change what may change of a network',
  who: ['operator'],
  params: bySlug,
  body: change({
    name: text(100),
    locale,
    public_url: publicUrl.nullable(),
    terms: terms.nullable(),
    redeem_without_qr_daily_max: points(0),
    card_pays: z.boolean(),
    goodwill_daily_max: points(0),
    erasure_grace_days: z.int().min(1).max(30),
    forget_after_months: z.int().min(6).max(120).nullable(),
    minimum_age: z.int().min(1).max(99).nullable(),
    merchant_multiplier_min: factor().refine((value) => Number(value) <= 1, { error: 'must be at most 1' }),
    merchant_multiplier_max: factor().refine((value) => Number(value) >= 1, { error: 'must be at least 1' }),
  }),
  answers: { 200: { description: 'The network as it is now.', schema: shownNetwork } },
})

/** Networks: made by the deployment's operator, changed by their own. */
export function networkRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(postNetwork, async (req, res) => {
    const { person } = await requireDeploymentOperator(access, req)
    const { body } = postNetwork.parse(req)
    await demandTimeZone(db, body.time_zone)
    const network = await createNetwork(db, readNewNetwork(body), person, auditSource(req))
    postNetwork.answer(res, 201, presentNetwork(network))
  })

  routes.on(getNetworks, async (req, res) => {
    await requireDeploymentOperator(access, req)
    const { query } = getNetworks.parse(req)
    const rows = await listNetworks(db, query)
    getNetworks.answer(
      res,
      200,
      cutPage(rows, query.limit, { cursor: (row) => row.slug, present: presentNetwork }),
    )
  })

  routes.on(getNetwork, async (req, res) => {
    const { network } = await requireOneOf(access, req, ['staff', 'till', 'customer'])
    const { params } = getNetwork.parse(req)
    if (params.slug !== network.slug) throw new Refusal('not_found')
    getNetwork.answer(res, 200, presentNetwork(await readNetwork(db, network.id)))
  })

  routes.on(patchNetwork, async (req, res) => {
    const { network } = await requireOperator(access, req)
    const { params, body } = patchNetwork.parse(req)
    if (params.slug !== network.slug) throw new Refusal('not_found')
    patchNetwork.answer(
      res,
      200,
      presentNetwork(await changeNetwork(db, { network: network.id, audit: auditSource(req) }, body)),
    )
  })
}

/** Refuses one that only this program knows: the database reckons the network's days. */
async function demandTimeZone(db: Db, name: string): Promise<void> {
  if (await isTimeZone(db, name)) return
  throw new Refusal('request_invalid', {
    errors: [{ pointer: '#/time_zone', detail: 'must be the name of an IANA time zone, e.g. Europe/Prague' }],
  })
}

function readNewNetwork(body: z.output<typeof postNetwork.shape.body>) {
  return {
    slug: body.slug,
    name: body.name,
    locale: body.locale,
    publicUrl: body.public_url ?? null,
    terms: body.terms ?? null,
    currency: body.currency,
    pointFaceValueMinor: body.point_face_value_minor,
    timeZone: body.time_zone,
    graceDays: body.grace_days,
    noticeDays: body.notice_days,
    redeemWithoutQrDailyMax: body.redeem_without_qr_daily_max ?? pointsOf(0),
  }
}

/** What an answer shows of a network. */
export function presentNetwork(network: NetworkRow): z.input<typeof shownNetwork> {
  return {
    id: typeId('net', network.uuid),
    slug: network.slug,
    name: network.name,
    currency: network.currency,
    currency_digits: currencyDigits(network.currency),
    point_face_value_minor: shownInteger(network.point_face_value_minor),
    time_zone: network.time_zone,
    locale: network.locale,
    public_url: network.public_url,
    terms: network.terms,
    grace_days: network.grace_days,
    notice_days: network.notice_days,
    redeem_without_qr_daily_max: shownInteger(network.redeem_without_qr_daily_max),
    card_pays: network.card_pays,
    goodwill_daily_max: shownInteger(network.goodwill_daily_max),
    erasure_grace_days: network.erasure_grace_days,
    forget_after_months: network.forget_after_months,
    minimum_age: network.minimum_age,
    merchant_multiplier_min: network.merchant_multiplier_min,
    merchant_multiplier_max: network.merchant_multiplier_max,
    created_at: network.created_at.toISOString(),
  }
}
