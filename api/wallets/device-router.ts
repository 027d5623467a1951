import { z } from 'zod'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireCustomer, type Access } from '../http/authenticate.ts'
import { id, shownId } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { keepPublicKey, publicKeySchema } from '../qr/public-key.ts'
import type { Db } from '../tables.ts'
import { bindDevice, removeDevice } from './device-store.ts'

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

const deleteDevice = declareRoute({
  method: 'delete',
  path: '/v1/wallet-devices/{id}',
  operation: 'deleteWalletDevice',
  tag: 'Wallet',
  summary: 'Lose a device: its QRs are refused from now on',
  who: ['customer'],
  params: z.strictObject({ id: id('dev') }),
  answers: { 204: { description: 'Removed.' } },
})

/** `/v1/wallet-devices`, for customers. */
export function deviceRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(postDevice, async (req, res) => {
    const { network, wallet } = await requireCustomer(access, req)
    const { body } = postDevice.parse(req)
    const publicKey = await keepPublicKey(body.public_key)
    if (publicKey === null) throw new Refusal('key_not_suitable')
    const device = await db.transaction().execute(async (tx) => {
      const bound = await bindDevice(tx, network.id, { wallet: wallet.id, publicKey })
      await recordAudit(tx, auditSource(req), { subjects: [typeId('dev', bound)] })
      return bound
    })
    postDevice.answer(res, 201, { id: typeId('dev', device) })
  })

  routes.on(deleteDevice, async (req, res) => {
    const { network, wallet } = await requireCustomer(access, req)
    const { params } = deleteDevice.parse(req)
    await db.transaction().execute(async (tx) => {
      const isRemoved = await removeDevice(tx, network.id, { wallet: wallet.id, uuid: params.id })
      if (!isRemoved) throw new Refusal('not_found')
      await recordAudit(tx, auditSource(req), { subjects: [typeId('dev', params.id)] })
    })
    deleteDevice.answer(res, 204, undefined)
  })
}
