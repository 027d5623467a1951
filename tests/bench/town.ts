import { randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { typeId } from '../../api/http/ids.ts'
import { createTillKey, hashTillKey } from '../../api/identity/till-keys.ts'
import { createNetwork } from '../../api/networks/store.ts'
import { hashPassword } from '../../api/people/passwords.ts'
import { createPerson } from '../../api/people/store.ts'
import type { Db, Tx } from '../../api/tables.ts'
import {
  admitMerchant,
  minor,
  openWallets,
  points,
  registerCredential,
  setEarningRule,
  type CredentialId,
  type MerchantId,
  type NetworkId,
  type Uuid,
  type WalletId,
} from '../../ledger/index.ts'

/** A network under load: everything it takes to post to it, and to call the API for it. */
export interface Town {
  readonly network: NetworkId
  readonly operator: Uuid
  /** Each till belongs to one of the merchants; they are spread evenly. */
  readonly tills: readonly {
    readonly key: string
    readonly credential: CredentialId
    readonly merchant: MerchantId
  }[]
  readonly wallets: readonly { readonly id: WalletId; readonly shownId: string }[]
}

/** Makes a network where each whole euro gives a point that is worth a cent and lives for two years. */
export async function openTown(
  db: Db,
  counts: { readonly merchants: number; readonly tills: number; readonly wallets: number },
): Promise<Town> {
  const person = uuidv7()
  await createPerson(db, {
    uuid: person,
    email: `${person}@example.org`,
    name: 'Operator',
    passwordHash: await hashPassword(randomBytes(16).toString('hex')),
    isDeploymentOperator: false,
  })
  const made = {
    slug: `bench-${randomBytes(6).toString('hex')}`,
    name: 'Bench',
    locale: 'en',
    publicUrl: null,
    terms: null,
    currency: 'EUR',
    pointFaceValueMinor: minor(1),
    timeZone: 'Europe/Prague',
    graceDays: 30,
    noticeDays: 30,
    redeemWithoutQrDailyMax: points(0),
  }
  const { network_id: network } = await createNetwork(db, made, person)
  return db.transaction().execute(async (tx) => {
    await setEarningRule(tx, network, {
      pointsPerCurrencyUnit: '1',
      rounding: 'down',
      expiresAfterMonths: 24,
      dailyMaxPerWallet: null,
      effectiveFrom: new Date(0),
      by: null,
    })
    const merchants = await admitMerchants(tx, network, counts.merchants)
    return {
      network,
      operator: person,
      tills: await openTills(tx, network, { merchants, count: counts.tills }),
      wallets: await enrol(tx, network, counts.wallets),
    }
  })
}

async function admitMerchants(tx: Tx, network: NetworkId, count: number): Promise<MerchantId[]> {
  const merchants: MerchantId[] = []
  for (let n = 0; n < count; n++) {
    const uuid = uuidv7()
    const merchant = await admitMerchant(tx, network, { uuid, issuingLimit: null, by: null })
    merchants.push(merchant)
    await tx
      .insertInto('api.merchant')
      .values({ network_id: network, merchant_id: merchant, uuid, name: `Shop ${n}` })
      .execute()
  }
  return merchants
}

async function openTills(
  tx: Tx,
  network: NetworkId,
  { merchants, count }: { merchants: readonly MerchantId[]; count: number },
): Promise<Town['tills']> {
  const tills: Town['tills'][number][] = []
  for (let n = 0; n < count; n++) {
    const uuid = uuidv7()
    const key = createTillKey()
    const merchant = merchants[n % merchants.length]!
    const credential = await registerCredential(tx, network, { uuid, kind: 'till', merchant, by: null })
    tills.push({ key, credential, merchant })
    await tx
      .insertInto('api.till')
      .values({
        network_id: network,
        uuid,
        merchant_id: merchant,
        name: 'Counter',
        key_hash: hashTillKey(key),
        credential_id: credential,
      })
      .execute()
  }
  return tills
}

async function enrol(tx: Tx, network: NetworkId, count: number): Promise<Town['wallets']> {
  const wallets: Town['wallets'][number][] = []
  while (wallets.length < count) {
    const uuids = Array.from({ length: Math.min(1000, count - wallets.length) }, () => uuidv7())
    const ids = await openWallets(tx, network, uuids)
    await tx
      .insertInto('api.customer')
      .values(uuids.map((uuid) => ({ network_id: network, uuid })))
      .execute()
    await tx
      .insertInto('api.wallet')
      .values(
        uuids.map((uuid, i) => ({ network_id: network, wallet_id: ids[i]!, uuid, customer_uuid: uuid })),
      )
      .execute()
    wallets.push(...uuids.map((uuid, i) => ({ id: ids[i]!, shownId: typeId('wal', uuid) })))
  }
  return wallets
}
