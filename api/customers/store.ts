import { uuidv7 } from 'uuidv7'
import { openWallet, type NetworkId, type Uuid, type WalletId } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import type { HashContact } from '../rules/bonus-contact.ts'
import { oweEnrolmentBonus } from '../rules/pay-enrolment-bonus.ts'
import type { Db, Tx } from '../tables.ts'

/** What may be known of a person; all of it may be missing (a paper card). */
export interface Person {
  /** Lower-cased. */
  readonly email?: string | undefined
  /** E.164. */
  readonly phone?: string | undefined
  readonly name?: string | undefined
}

/** Somebody who joins. */
export interface Joining {
  readonly person: Person
  /** They say that they are as old as the network demands. */
  readonly isOfAge: boolean
  readonly now: Date
  /** Names their contact for the bonus, which nobody is given twice; without it none is given. */
  readonly hashContact?: HashContact
  /** The till or person of staff; by themselves when left out. */
  readonly enrolledBy?: Uuid
}

/** A customer and the wallet that is theirs. */
export interface CustomerWallet {
  readonly customer: Uuid
  readonly wallet: Uuid
  readonly walletId: WalletId
}

/**
 * Makes the customer and their wallet, or answers who has the e-mail or phone already, unchanged.
 * Two tills that enrol one person at the same moment get the same customer: the second waits at the unique
 * constraint for the first to commit. After the commit `payEnrolmentBonus` posts what is owed for joining. Refuses `customer_ambiguous`,
 * `age_not_confirmed`.
 */
export async function enrolCustomer(
  tx: Tx,
  network: NetworkId,
  joining: Joining,
): Promise<CustomerWallet & { readonly isNew: boolean }> {
  const { person } = joining
  const customer = uuidv7()
  const added = await tx
    .insertInto('api.customer')
    .values({ network_id: network, uuid: customer, ...person })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (added.numInsertedOrUpdatedRows === 1n) {
    await confirmAge(tx, { network, customer }, joining)
    const wallet = uuidv7()
    const walletId = await openWallet(tx, network, wallet)
    await tx
      .insertInto('api.wallet')
      .values({ network_id: network, wallet_id: walletId, uuid: wallet, customer_uuid: customer })
      .execute()
    // Someone known by nothing could be anyone, any number of times.
    const contactMac = joining.hashContact?.(person) ?? null
    if (contactMac !== null) {
      await oweEnrolmentBonus(tx, network, {
        wallet: walletId,
        contactMac,
        enrolledBy: joining.enrolledBy ?? null,
      })
    }
    return { customer, wallet, walletId, isNew: true }
  }
  const known = await findByContact(tx, network, person)
  if (known.length > 1) throw new Refusal('customer_ambiguous')
  // Nobody: they were erased since the conflict. The caller's next try enrols them.
  if (known[0] === undefined) throw new Refusal('unavailable')
  return { ...known[0], isNew: false }
}

/** Writes down that a customer who joins is old enough. Refuses `age_not_confirmed`. */
async function confirmAge(
  tx: Tx,
  { network, customer }: { network: NetworkId; customer: Uuid },
  { isOfAge, now }: Joining,
): Promise<void> {
  const { minimum_age: age } = await tx
    .selectFrom('api.network')
    .select('minimum_age')
    .where('network_id', '=', network)
    .executeTakeFirstOrThrow()
  if (age === null) return
  if (!isOfAge) throw new Refusal('age_not_confirmed', { members: { minimum_age: age } })
  await tx
    .updateTable('api.customer')
    .set({ confirmed_age: age, age_confirmed_at: now })
    .where('network_id', '=', network)
    .where('uuid', '=', customer)
    .execute()
}

async function findByContact(
  tx: Tx,
  network: NetworkId,
  { email, phone }: Person,
): Promise<CustomerWallet[]> {
  return customerWallets(tx, network)
    .where((is) =>
      is.or([
        ...(email === undefined ? [] : [is('customer.email', '=', email)]),
        ...(phone === undefined
          ? []
          : [is.and([is('customer.phone', '=', phone), is('customer.phone_leads', '=', true)])]),
      ]),
    )
    .select(['customer.uuid as customer', 'wallet.uuid as wallet', 'wallet.wallet_id as walletId'])
    .execute()
}

function customerWallets(db: Db | Tx, network: NetworkId) {
  return db
    .selectFrom('api.customer as customer')
    .innerJoin('api.wallet as wallet', (join) =>
      join
        .onRef('wallet.network_id', '=', 'customer.network_id')
        .onRef('wallet.customer_uuid', '=', 'customer.uuid'),
    )
    .where('customer.network_id', '=', network)
}

/** All that is kept of a customer, for themselves. Undefined when there is none. */
export async function findCustomer(db: Db, network: NetworkId, customer: Uuid) {
  return customerWallets(db, network)
    .where('customer.uuid', '=', customer)
    .select([
      'customer.uuid as customer',
      'wallet.uuid as wallet',
      'wallet.wallet_id as walletId',
      'customer.email',
      'customer.phone',
      'customer.name',
      'customer.birthday',
      'customer.tells_spends as tellsSpends',
      'customer.tells_endings as tellsEndings',
      'customer.created_at as createdAt',
    ])
    .executeTakeFirst()
}
