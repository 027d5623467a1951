import { randomInt } from 'node:crypto'
import type { MerchantId, Uuid } from '../../ledger/index.ts'
import type { Actor } from '../audit/actor.ts'
import { auditSystem } from '../audit/record.ts'
import { hashPassword } from '../people/passwords.ts'
import { inviteMember } from '../people/staff-store.ts'
import type { Db } from '../tables.ts'
import { beginPairing } from '../tills/key-store.ts'
import { createPairingCodes, pairingMinutesMax } from '../tills/pairing-code.ts'
import { setPin } from '../tills/pin-store.ts'
import { listTills } from '../tills/store.ts'
import { cashier, shops, visitor } from './cast.ts'

/** What makes a tablet a till of the demonstration, and lets somebody in there. */
export interface OpenTablet {
  readonly code: string
  readonly pin: string
}

/** As it stands in the audit trail of what the demonstration has made: no other network has it. */
export const demonstrationOperation = 'demonstration'

/** Not the first: a tablet gets a new key, and the first one's was shown for programs to use. */
const shop = shops.find(({ reference }) => reference === cashier.shop)!

/** The cashier of the tablet's shop, where they are not there yet. They have a PIN from `openTablet`, and no password. */
export async function ensureCashier(db: Db, actor: Actor, merchant: MerchantId): Promise<Uuid> {
  const known = await db
    .selectFrom('api.membership as membership')
    .innerJoin('api.person as person', 'person.uuid', 'membership.person_uuid')
    .select('person.uuid')
    .where('membership.network_id', '=', actor.network)
    .where('person.email', '=', cashier.email)
    .executeTakeFirst()
  const now = new Date()
  const { name, email } = cashier
  const person =
    known?.uuid ?? (await inviteMember(db, actor, { name, email, role: 'cashier', merchant, now })).person
  await db
    .updateTable('api.membership')
    .set({ accepted_at: now })
    .where('network_id', '=', actor.network)
    .where('person_uuid', '=', person)
    .where('accepted_at', 'is', null)
    .execute()
  return person
}

/** A new pairing code and a new PIN. Null where no network of this database is the demonstration. */
export async function openTablet(db: Db, secret: Uint8Array): Promise<OpenTablet | null> {
  const found = await findShop(db)
  if (!found) return null
  const { network, merchant, operator } = found
  const actor = { network, credential: operator, audit: auditSystem(network, demonstrationOperation) }
  const person = await ensureCashier(db, actor, merchant)
  const [till] = await listTills(db, network, { merchant, limit: 1 })
  if (!till) return null
  const pin = String(randomInt(1_000_000)).padStart(6, '0')
  await setPin(db, actor, { person, pinHash: await hashPassword(pin) })
  const codes = createPairingCodes(secret)
  const code = codes.create()
  const expiresAt = new Date(Date.now() + pairingMinutesMax * 60_000)
  await beginPairing(db, actor, { till: till.uuid, merchant, codeHash: codes.hash(code), expiresAt })
  return { code, pin }
}

async function findShop(db: Db) {
  return await db
    .selectFrom('api.merchant as merchant')
    .innerJoin('api.membership as membership', 'membership.network_id', 'merchant.network_id')
    .select([
      'merchant.network_id as network',
      'merchant.merchant_id as merchant',
      'membership.credential_id as operator',
    ])
    .where('merchant.external_reference', '=', shop.reference)
    .where('membership.role', '=', 'operator')
    .where('membership.ended_at', 'is', null)
    .where((is) =>
      is.exists(
        is
          .selectFrom('api.audit_event as event')
          .select('event.network_id')
          .whereRef('event.network_id', '=', 'merchant.network_id')
          .where('event.actor_kind', '=', 'system')
          .where('event.operation', '=', demonstrationOperation),
      ),
    )
    .orderBy('membership.created_at')
    .executeTakeFirst()
}

/** For whoever has a browser: a line each for what to do at the till. `url`: where the server is. */
export function describeTablet({ code, pin }: OpenTablet, url: string): string[] {
  return [
    `  The till, at ${url}/till/: enter ${code} (good once, for ${pairingMinutesMax} minutes) and it is that of ` +
      `${shop.name}; ${cashier.name} has the PIN ${pin}.`,
    `  A customer to find there: ${visitor.name}, by the phone number ${visitor.phone}.`,
  ]
}
