import type { JWK } from 'jose'
import { uuidv7 } from 'uuidv7'
import type { NetworkId, Uuid, WalletId } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

const deviceCountMax = 200

/** Lets a device, signed in by that session, sign QRs for the wallet; answers the device's UUID. */
export async function bindDevice(
  db: Db,
  network: NetworkId,
  device: { wallet: WalletId; publicKey: JWK; session: Uuid },
): Promise<Uuid> {
  const uuid = uuidv7()
  await db
    .insertInto('api.device')
    .values({
      network_id: network,
      uuid,
      wallet_id: device.wallet,
      public_key: JSON.stringify(device.publicKey),
      session_uuid: device.session,
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

/** The wallet's devices that were not removed, the newest first, with what their sessions tell. */
export async function listDevices(db: Db, network: NetworkId, wallet: WalletId) {
  return await db
    .selectFrom('api.device as device')
    .leftJoin('api.customer_session as session', (join) =>
      join
        .onRef('session.network_id', '=', 'device.network_id')
        .onRef('session.uuid', '=', 'device.session_uuid'),
    )
    .where('device.network_id', '=', network)
    .where('device.wallet_id', '=', wallet)
    .where('device.removed_at', 'is', null)
    .select(['device.uuid', 'device.created_at', 'device.session_uuid as session'])
    .select(['session.user_agent', 'session.refreshed_at'])
    .orderBy('device.uuid', 'desc')
    .limit(deviceCountMax)
    .execute()
}

/**
 * Ends a device of the wallet: its QRs are refused from now on, and it is signed out, unless it is the one that asks.
 * False when the wallet has no such device.
 */
export async function removeDevice(
  db: Db,
  network: NetworkId,
  device: { wallet: WalletId; uuid: Uuid; askedIn: Uuid },
): Promise<boolean> {
  const removed = await db
    .updateTable('api.device')
    .set((is) => ({ removed_at: is.fn.coalesce('removed_at', is.fn<Date>('now')) }))
    .where('network_id', '=', network)
    .where('wallet_id', '=', device.wallet)
    .where('uuid', '=', device.uuid)
    .returning('session_uuid')
    .executeTakeFirst()
  if (removed?.session_uuid && removed.session_uuid !== device.askedIn) {
    await db
      .updateTable('api.customer_session')
      .set((is) => ({ revoked_at: is.fn.coalesce('revoked_at', is.fn<Date>('now')) }))
      .where('network_id', '=', network)
      .where('uuid', '=', removed.session_uuid)
      .execute()
  }
  return removed !== undefined
}
