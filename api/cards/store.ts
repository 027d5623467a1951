import { uuidv7 } from 'uuidv7'
import type { NetworkId, Uuid } from '../../ledger/index.ts'
import type { Db, Tx } from '../tables.ts'

/** Binds a printed card to a customer. A number that another has is refused by its constraint: `card_taken`. */
export async function bindCard(
  tx: Tx,
  network: NetworkId,
  { customer, number }: { customer: Uuid; number: string },
): Promise<Uuid> {
  const uuid = uuidv7()
  await tx
    .insertInto('api.card')
    .values({ network_id: network, uuid, number, customer_uuid: customer })
    .execute()
  return uuid
}

/** Whether anything but this enrolment leads to the customer: an e-mail address, a phone number, a card. */
export async function isReachable(db: Db, network: NetworkId, customer: Uuid): Promise<boolean> {
  const found = await db
    .selectFrom('api.customer as customer')
    .leftJoin('api.card as card', (join) =>
      join
        .onRef('card.network_id', '=', 'customer.network_id')
        .onRef('card.customer_uuid', '=', 'customer.uuid'),
    )
    .where('customer.network_id', '=', network)
    .where('customer.uuid', '=', customer)
    .where((is) =>
      is.or([
        is('customer.email', 'is not', null),
        is('customer.phone', 'is not', null),
        is('card.uuid', 'is not', null),
      ]),
    )
    .select('customer.uuid')
    .executeTakeFirst()
  return found !== undefined
}

/** A customer's cards, the oldest first. */
export async function listCards(db: Db, network: NetworkId, customer: Uuid) {
  return await db
    .selectFrom('api.card')
    .select(['uuid', 'number', 'created_at'])
    .where('network_id', '=', network)
    .where('customer_uuid', '=', customer)
    .orderBy('uuid')
    .execute()
}

/** Forgets a card of the customer; whether there was one. */
export async function removeCard(
  tx: Tx,
  network: NetworkId,
  { customer, card }: { customer: Uuid; card: Uuid },
): Promise<boolean> {
  const removed = await tx
    .deleteFrom('api.card')
    .where('network_id', '=', network)
    .where('customer_uuid', '=', customer)
    .where('uuid', '=', card)
    .executeTakeFirst()
  return removed.numDeletedRows === 1n
}
