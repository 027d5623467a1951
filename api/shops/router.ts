import { z } from 'zod'
import { listEarningRules } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireStaff, type Access } from '../http/authenticate.ts'
import { id, integer, longText, shownId, shownInteger, text } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { addressKey, createLimit, limitRequest } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { inStrangersTurn } from '../http/strangers.ts'
import { readOwnMerchant } from '../merchants/router.ts'
import { shownCurrencyDigits, slug } from '../networks/fields.ts'
import { presentWorseTerms, shownWorseTerms } from '../notices/terms-fields.ts'
import { listComingTerms } from '../notices/terms-store.ts'
import { versionAt } from '../rules/worse-terms.ts'
import type { Db } from '../tables.ts'
import { openingHours } from './fields.ts'
import { findPublicNetwork, listShops, setProfile } from './store.ts'

const tag = 'Shops'

const about = longText(500).nullable().meta({ description: 'What it is and sells, in its own words.' })
const address = text(200).nullable()

const shopProfile = z.strictObject({ about, address, hours: openingHours })

const shownShop = z
  .strictObject({
    id: shownId('mer'),
    name: z.string(),
    about: z.string().nullable(),
    address: z.string().nullable(),
    hours: openingHours,
    factor: z.string().meta({ description: 'How many times the network’s points it gives now.' }),
    house: z
      .boolean()
      .meta({ description: 'The network itself, which gives bonuses; not a shop one can visit.' }),
    left: z.boolean().meta({ description: 'No member any more; its points are still good.' }),
  })
  .meta({ id: 'Shop' })

const directory = z
  .strictObject({
    slug: z.string(),
    name: z.string(),
    locale: z.string(),
    time_zone: z.string(),
    currency: z.string(),
    currency_digits: shownCurrencyDigits,
    point_face_value_minor: integer(),
    terms: z.string().nullable(),
    minimum_age: integer().nullable(),
    points_per_currency_unit: z
      .string()
      .nullable()
      .meta({ description: 'What its rule gives now; null: no rule yet.' }),
    shops: z.array(shownShop),
    worse_terms: z.array(shownWorseTerms).meta({
      description: 'What gets worse for customers, the soonest first; each until it has started.',
    }),
  })
  .meta({ id: 'Directory' })

const getDirectory = declareRoute({
  method: 'get',
  path: '/v1/networks/{slug}/shops',
  operation: 'readDirectory',
  tag,
  summary: 'What anyone may know of a network: its name, what it gives, its shops and their hours',
  who: ['anyone'],
  params: z.strictObject({ slug }),
  answers: { 200: { description: 'Shops by name; those that have left come last.', schema: directory } },
})

const putProfile = declareRoute({
  method: 'put',
  path: '/v1/merchants/{id}/profile',
  operation: 'setShopProfile',
  tag,
  summary: 'What a shop tells everyone about itself',
  description: 'By its owner or manager, or the operator. Replaces what was told before.',
  who: ['staff', 'operator'],
  params: z.strictObject({ id: id('mer') }),
  body: shopProfile,
  answers: { 200: { description: 'As it is shown now.', schema: shopProfile } },
})

/** A network's shops, for anyone; each told of by those who run it. */
export function shopRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  const readsFromAddress = createLimit(1200, 60)

  routes.on(getDirectory, async (req, res) => {
    await limitRequest(readsFromAddress, res, addressKey(req))
    const { params } = getDirectory.parse(req)
    getDirectory.answer(res, 200, await inStrangersTurn(() => readDirectory(db, params.slug, access.now())))
  })

  routes.on(putProfile, async (req, res) => {
    const staff = await requireStaff(access, req)
    if (staff.role === 'cashier' || staff.role === 'auditor') throw new Refusal('forbidden')
    const { params, body } = putProfile.parse(req)
    const { merchant_id: merchant } = await readOwnMerchant(db, staff, params.id)
    await db.transaction().execute(async (tx) => {
      await setProfile(tx, { network: staff.network.id, merchant }, body)
      const subjects = [typeId('mer', params.id)]
      await recordAudit(tx, auditSource(req), { subjects, changed: ['profile'], merchant })
    })
    putProfile.answer(res, 200, body)
  })
}

/** Refuses `not_found`. */
async function readDirectory(db: Db, named: string, now: Date): Promise<z.input<typeof directory>> {
  const found = await findPublicNetwork(db, named)
  if (found === undefined) throw new Refusal('not_found')
  const { network_id: network, point_face_value_minor: worth, ...told } = found
  const rule = versionAt(now, await listEarningRules(db, network))
  const shops = await listShops(db, network, now)
  return {
    ...told,
    point_face_value_minor: shownInteger(worth),
    points_per_currency_unit: rule?.pointsPerCurrencyUnit ?? null,
    shops: shops.map(presentShop),
    worse_terms: (await listComingTerms(db, network, now)).map(presentWorseTerms),
  }
}

function presentShop(shop: Awaited<ReturnType<typeof listShops>>[number]): z.input<typeof shownShop> {
  return {
    id: typeId('mer', shop.uuid),
    name: shop.name,
    about: shop.about,
    address: shop.address,
    hours: shop.hours ?? [],
    factor: shop.factor ?? '1',
    house: shop.is_house,
    left: shop.left_at !== null,
  }
}
