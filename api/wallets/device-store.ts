import type { JWK } from 'jose'
import { uuidv7 } from 'uuidv7'
import type { NetworkId, Uuid, WalletId } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** Lets a device sign QRs for the wallet; answers the device's UUID. */
export async function bindDevice(
  db: Db,
  network: NetworkId,
  device: { wallet: WalletId; publicKey: JWK },
): Promise<Uuid> {
  const uuid = uuidv7()
  await db
    .insertInto('api.device')
    .values({
      network_id: network,
      uuid,
      wallet_id: device.wallet,
      public_key: JSON.stringify(device.publicKey),
    })
    .execute()
  return uuid
}

/** A device of the network with its wallet, removed or not; undefined when there is none. */
export async function findDevice(db: Db, network: NetworkId, device: Uuid) {
  return db
    .selectFrom('api.device as device')
    .innerJoin('api.wallet as wallet', (join) =>
      join
        .onRef('wallet.network_id', '=', 'device.network_id')
        .onRef('wallet.wallet_id', '=', 'device.wallet_id'),
    )
    .where('device.network_id', '=', network)
    .where('device.uuid', '=', device)
    .select([
      'device.public_key as publicKey',
      'device.removed_at as removedAt',
      'wallet.uuid as wallet',
      'wallet.wallet_id as walletId',
    ])
    .executeTakeFirst()
}

/** Ends a device of the wallet: its QRs are refused from now on. False when the wallet has no such device. */
export async function removeDevice(
  db: Db,
  network: NetworkId,
  device: { wallet: WalletId; uuid: Uuid },
): Promise<boolean> {
  const removed = await db
    .updateTable('api.device')
    .set((is) => ({ removed_at: is.fn.coalesce('removed_at', is.fn<Date>('now')) }))
    .where('network_id', '=', network)
    .where('wallet_id', '=', device.wallet)
    .where('uuid', '=', device.uuid)
    .executeTakeFirst()
  return removed.numUpdatedRows === 1n
}
