import type { Uuid } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import { isPresent, type Presence } from '../identifications/store.ts'
import type { Db } from '../tables.ts'
import type { MerchantCaller } from '../transactions/merchant-caller.ts'

/**
 * Demands that the person is before the shop: an identification by QR or card, made at one of its tills minutes ago;
 * with `mayTake` by what takes points too. Refuses `person_not_present`.
 */
export async function demandPresence(
  db: Db,
  shop: MerchantCaller,
  presence: Omit<Presence, 'identification'> & { readonly identification: Uuid | undefined },
): Promise<void> {
  const { identification } = presence
  const scope = { network: shop.network, merchant: shop.merchant.id }
  if (identification !== undefined && (await isPresent(db, scope, { ...presence, identification }))) return
  throw new Refusal('person_not_present')
}
