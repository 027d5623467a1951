import { z } from 'zod'
import { requireTill, type Access } from '../http/authenticate.ts'
import { shownId } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { findMerchant } from '../merchants/store.ts'
import { presentNetwork, shownNetwork } from '../networks/router.ts'
import { readNetwork } from '../networks/store.ts'
import type { Db } from '../tables.ts'
import { findLiveTill } from './key-store.ts'

const getSelf = declareRoute({
  method: 'get',
  path: '/v1/tills/self',
  operation: 'readOwnTill',
  tag: 'Tills',
  summary: 'Read which till the key is, of which shop, in which network',
  who: ['till'],
  answers: {
    200: {
      description: 'The till.',
      schema: z.strictObject({
        id: shownId('til'),
        name: z.string(),
        merchant: z.strictObject({ id: shownId('mer'), name: z.string() }),
        network: shownNetwork,
      }),
    },
  },
})

/** `GET /v1/tills/self`: what a tablet that has just been paired asks first. */
export function ownTillRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(getSelf, async (req, res) => {
    const { network, till, merchant } = await requireTill(access, req)
    const [{ name }, shop, inNetwork] = await Promise.all([
      findLiveTill(db, network.id, till),
      findMerchant(db, network.id, merchant.uuid),
      readNetwork(db, network.id),
    ])
    getSelf.answer(res, 200, {
      id: typeId('til', till),
      name,
      merchant: { id: typeId('mer', merchant.uuid), name: shop.name },
      network: presentNetwork(inNetwork),
    })
  })
}
