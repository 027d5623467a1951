import { sql } from 'kysely'
import { currencyDigits, type MerchantId, type NetworkId } from '../../ledger/index.ts'
import type { Db, Tx } from '../tables.ts'
import type { OpeningHours } from './fields.ts'

/** What a shop tells everyone about itself. */
export interface ShopProfile {
  readonly about: string | null
  readonly address: string | null
  readonly hours: OpeningHours
}

/** Replaces what a shop tells of itself. */
export async function setProfile(
  tx: Tx,
  { network, merchant }: { network: NetworkId; merchant: MerchantId },
  { about, address, hours }: ShopProfile,
): Promise<void> {
  const told = { about, address, hours: JSON.stringify(hours) }
  await tx
    .insertInto('api.shop_profile')
    .values({ network_id: network, merchant_id: merchant, ...told })
    .onConflict((conflict) => conflict.columns(['network_id', 'merchant_id']).doUpdateSet(told))
    .execute()
}

/** What anyone may know of the network with that slug; undefined when there is none. */
export async function findPublicNetwork(db: Db, slug: string) {
  const network = await db
    .selectFrom('api.network')
    .select(['network_id', 'slug', 'name', 'locale', 'time_zone', 'currency', 'point_face_value_minor'])
    .select(['terms', 'minimum_age'])
    .where('slug', '=', slug)
    .executeTakeFirst()
  return network && { ...network, currency_digits: currencyDigits(network.currency) }
}

/** The network's shops with their profiles and own factors at `at`, by name; those that left last, and marked. */
export async function listShops(db: Db, network: NetworkId, at: Date) {
  return await db
    .selectFrom('api.merchant as merchant')
    .leftJoin('api.shop_profile as profile', (join) =>
      join
        .onRef('profile.network_id', '=', 'merchant.network_id')
        .onRef('profile.merchant_id', '=', 'merchant.merchant_id'),
    )
    .leftJoinLateral(
      (lateral) =>
        lateral
          .selectFrom('ledger.merchant_multiplier as own')
          .select('own.factor')
          .whereRef('own.network_id', '=', 'merchant.network_id')
          .whereRef('own.merchant_id', '=', 'merchant.merchant_id')
          .where('own.effective_from', '<=', at)
          .orderBy('own.effective_from', 'desc')
          .orderBy('own.version', 'desc')
          .limit(1)
          .as('multiplier'),
      (join) => join.onTrue(),
    )
    .where('merchant.network_id', '=', network)
    .select(['merchant.uuid', 'merchant.name', 'merchant.is_house', 'merchant.left_at'])
    .select(['profile.about', 'profile.address', 'profile.hours', 'multiplier.factor'])
    .orderBy(sql`merchant.left_at is not null`)
    .orderBy('merchant.name')
    .orderBy('merchant.merchant_id')
    .execute()
}
