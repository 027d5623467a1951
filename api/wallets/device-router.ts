import { z } from 'zod'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireCustomer, type Access } from '../http/authenticate.ts'
import { id, shownId, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { keepPublicKey, publicKeySchema } from '../qr/public-key.ts'
import type { Db } from '../tables.ts'
import { bindDevice, listDevices, removeDevice } from './device-store.ts'

const postDevice = declareRoute({
  method: 'post',
  path: '/v1/wallet-devices',
  operation: 'postWalletDevice',
  tag: 'Wallet',
  summary: 'Bind a device: its key signs QRs of the wallet from now on',
  who: ['customer'],
  body: z.strictObject({ public_key: publicKeySchema }),
  answers: { 201: { description: 'Bound.', schema: z.strictObject({ id: shownId('dev') }) } },
  refusals: ['key_not_suitable'],
})

const getDevices = declareRoute({
  method: 'get',
  path: '/v1/wallet-devices',
  operation: 'listWalletDevices',
  tag: 'Wallet',
  summary: 'List the devices that may show QRs of the wallet, the newest first',
  who: ['customer'],
  answers: {
    200: {
      description: 'Those that were not removed.',
      schema: z.strictObject({
        data: z.array(
          z.strictObject({
            id: shownId('dev'),
            current: z.boolean().meta({ description: 'Whether it was bound in the session that asks.' }),
            created_at: shownTime(),
            last_seen_at: shownTime().nullable(),
            user_agent: z.string().nullable(),
          }),
        ),
        next: z.null(),
      }),
    },
  },
})

const deleteDevice = declareRoute({
  method: 'delete',
  path: '/v1/wallet-devices/{id}',
  operation: 'deleteWalletDevice',
  tag: 'Wallet',
  summary: 'Lose a device: its QRs are refused from now on, and it is signed out',
  who: ['customer'],
  params: z.strictObject({ id: id('dev') }),
  answers: { 204: { description: 'Removed.' } },
})

/** `/v1/wallet-devices`, for customers. */
export function deviceRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(getDevices, async (req, res) => {
    const { network, wallet, session } = await requireCustomer(access, req)
    const devices = await listDevices(db, network.id, wallet.id)
    const data = devices.map((device) => ({
      id: typeId('dev', device.uuid),
      current: device.session === session,
      created_at: device.created_at.toISOString(),
      last_seen_at: device.refreshed_at?.toISOString() ?? null,
      user_agent: device.user_agent,
    }))
    getDevices.answer(res, 200, { data, next: null })
  })

  routes.on(postDevice, async (req, res) => {
    const { network, wallet, session } = await requireCustomer(access, req)
    const { body } = postDevice.parse(req)
    const publicKey = await keepPublicKey(body.public_key)
    if (publicKey === null) throw new Refusal('key_not_suitable')
    const device = await db.transaction().execute(async (tx) => {
      const bound = await bindDevice(tx, network.id, { wallet: wallet.id, publicKey, session })
      await recordAudit(tx, auditSource(req), { subjects: [typeId('dev', bound)] })
      return bound
    })
    postDevice.answer(res, 201, { id: typeId('dev', device) })
  })

  routes.on(deleteDevice, async (req, res) => {
    const { network, wallet, session } = await requireCustomer(access, req)
    const { params } = deleteDevice.parse(req)
    await db.transaction().execute(async (tx) => {
      const lost = { wallet: wallet.id, uuid: params.id, askedIn: session }
      const isRemoved = await removeDevice(tx, network.id, lost)
      if (!isRemoved) throw new Refusal('not_found')
      await recordAudit(tx, auditSource(req), { subjects: [typeId('dev', params.id)] })
    })
    deleteDevice.answer(res, 204, undefined)
  })
}
