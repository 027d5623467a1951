import { Client } from 'pg'
import {
  listEarningRules,
  minor,
  points,
  setEarningRule,
  type CredentialId,
  type Ledger,
  type MerchantId,
  type NetworkId,
} from '../../ledger/index.ts'
import { auditSystem } from '../audit/record.ts'
import { dataFolderDefault } from '../config.ts'
import { listResponsibilities, recordResponsibilities } from '../consents/controller-store.ts'
import { enrolCustomer } from '../customers/store.ts'
import { createTillKey } from '../identity/till-keys.ts'
import { createMerchant } from '../merchants/store.ts'
import type { Actor } from '../audit/actor.ts'
import { createNetwork } from '../networks/store.ts'
import { passOverHistory } from '../notices/spend-store.ts'
import { setProfile } from '../shops/store.ts'
import type { Db } from '../tables.ts'
import { createTill, listTills } from '../tills/store.ts'
import { cashier, customers, shops, visitor, type ShopRole } from './cast.ts'
import { playHistory, type Shop } from './history.ts'
import { openNetworkClock } from './network-clock.ts'
import { demonstrationOperation, describeTablet, ensureCashier, type OpenTablet } from './tablet.ts'

export interface DemonstrationParts {
  readonly ledger: Ledger
  readonly db: Db
  /** A login that may act as the ledger's owner: no other may set a network's clock. */
  readonly adminUrl: string
  /** Told what takes a while. */
  readonly log?: (message: string) => void
}

/** The demonstration network, for whoever tries it out. */
export interface Demonstration {
  /** Of the first shop's till. Null: made at an earlier start, and of it only a hash is kept. */
  readonly tillKey: string | null
}

export const demonstrationSlug = 'riverside'
const name = 'Riverside shops'
/** Tells people, and the next start, that the history is not all there yet. */
const nameUnfinished = 'Riverside shops (being made)'
const historyDays = 28
const dayMs = 24 * 60 * 60 * 1000
/** Of PostgreSQL's advisory locks: several processes may start on one new database. */
const advisoryLock = 7_233_015_509n

/**
 * Makes the demonstration network where there is no network yet, with a few weeks of history that end now; finishes
 * one that was cut off. Null where there are other networks, but no demonstration. The deployment's operator, who
 * becomes its operator, must be there.
 */
export async function ensureDemonstration(parts: DemonstrationParts): Promise<Demonstration | null> {
  const names = await listNames(parts.db)
  if (names.length > 0 && !names.includes(nameUnfinished))
    return names.includes(name) ? { tillKey: null } : null
  const admin = new Client({ connectionString: parts.adminUrl, application_name: 'tallystick demonstration' })
  // What is broken shows in the queries; without a listener it would end the process at once.
  admin.on('error', () => {})
  await admin.connect()
  try {
    await admin.query('select pg_advisory_lock($1)', [advisoryLock])
    const isMadeMeanwhile = (await listNames(parts.db)).includes(name)
    if (isMadeMeanwhile) return { tillKey: null }
    parts.log?.(`making the demonstration: ${shops.length} shops, ${historyDays / 7} weeks of history`)
    return await makeDemonstration(parts, admin)
  } finally {
    await admin.end()
  }
}

/**
 * What a person needs to try it out, a line each. `url`: where the server is; `codes`: where sign-in codes arrive;
 * `tablet`: null where it was told before.
 */
export function describeDemonstration(
  { tillKey }: Demonstration,
  {
    url,
    codes,
    tablet,
    dataFolder,
  }: { url: string; codes: string; tablet: OpenTablet | null; dataFolder: string },
): string {
  const shop = shops[0]!.name
  // Others may have joined since, or come in by an import.
  const made = `${shops.length} shops, ${customers.length} customers, ${historyDays / 7} weeks of history`
  return [
    `The network ${demonstrationSlug} is a demonstration${tablet ? `: ${made}` : ''}. Its operator is the deployment's.`,
    tillKey
      ? `  Till key of ${shop}: ${tillKey} (shown only this once)`
      : '  Till keys are kept only as hashes. A new one: POST /v1/merchants/{id}/tills, as operator.',
    ...(tablet ? describeTablet(tablet, url) : []),
    `  The wallet, at ${url}/wallet/join/${demonstrationSlug}: sign in as ${visitor.email}, or join; codes arrive ${codes}.`,
    `  The books, for anyone to check: ${url}/check/${demonstrationSlug}`,
    `  A ${tablet ? 'new ' : ''}code and PIN for the till: ${dataFolder === dataFolderDefault ? '' : `TALLY_DATA=${dataFolder} `}npm run demo`,
  ].join('\n')
}

/** Each step is done only where it isn't yet, so this also goes on where an earlier start was cut off. */
async function makeDemonstration({ ledger, db }: DemonstrationParts, admin: Client): Promise<Demonstration> {
  const { id: network, house, operator, createdAt } = (await findRiverside(db)) ?? (await openRiverside(db))
  const actor = { network, credential: operator, audit: auditSystem(network, demonstrationOperation) }
  const from = new Date(createdAt.getTime() - historyDays * dayMs)
  const clock = await openNetworkClock(admin, network)
  await clock.set(from)
  await ensureRule(db, actor, from)
  const opened: Shop[] = []
  const keys: (string | null)[] = []
  for (const role of shops) {
    const { shop, key } = await ensureShop(db, actor, role)
    opened.push(shop)
    keys.push(key)
    if (role.reference === cashier.shop) await ensureCashier(db, actor, shop.merchant)
  }
  await ensureResponsibilities(db, network, { house, from })
  const wallets = await db.transaction().execute(async (tx) => {
    const enrolled = []
    for (const customer of customers) {
      const joining = { person: customer, isOfAge: true, now: from }
      enrolled.push((await enrolCustomer(tx, network, joining)).walletId)
    }
    return enrolled
  })
  const scene = { ledger, network, house, operator, shops: opened, wallets, setClock: clock.set }
  await playHistory(scene, from, createdAt)
  await passOverHistory(db, network)
  await clock.release(name)
  return { tillKey: keys[0] ?? null }
}

interface Riverside {
  readonly id: NetworkId
  readonly house: MerchantId
  readonly operator: CredentialId
  readonly createdAt: Date
}

async function listNames(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('api.network').select('name').orderBy('network_id').execute()
  return rows.map((row) => row.name)
}

async function findRiverside(db: Db): Promise<Riverside | undefined> {
  return db
    .selectFrom('api.network as network')
    .innerJoin('api.membership as membership', 'membership.network_id', 'network.network_id')
    .select([
      'network.network_id as id',
      'network.house_merchant_id as house',
      'network.created_at as createdAt',
      'membership.credential_id as operator',
    ])
    .where('network.name', '=', nameUnfinished)
    .executeTakeFirst()
}

async function openRiverside(db: Db): Promise<Riverside> {
  const operator = await db
    .selectFrom('api.person')
    .select('uuid')
    .where('is_deployment_operator', '=', true)
    .orderBy('created_at')
    .executeTakeFirstOrThrow()
  const made = {
    slug: demonstrationSlug,
    name: nameUnfinished,
    locale: 'en-GB',
    publicUrl: null,
    terms: 'A demonstration. Its shops and customers are invented.',
    currency: 'GBP',
    pointFaceValueMinor: minor(1),
    timeZone: 'Europe/London',
    graceDays: 30,
    noticeDays: 30,
    redeemWithoutQrDailyMax: points(200),
  }
  await createNetwork(db, made, operator.uuid)
  const opened = await findRiverside(db)
  if (!opened) throw new Error('the network that was just made is not there')
  return opened
}

async function ensureRule(db: Db, { network, credential }: Actor, effectiveFrom: Date): Promise<void> {
  if ((await listEarningRules(db, network)).length > 0) return
  await db.transaction().execute((tx) =>
    setEarningRule(tx, network, {
      pointsPerCurrencyUnit: '2',
      rounding: 'down',
      expiresAfterMonths: 12,
      dailyMaxPerWallet: points(500),
      effectiveFrom,
      by: credential,
    }),
  )
}

/** Who answers for customers' data, as the wallet shows it. */
async function ensureResponsibilities(
  db: Db,
  network: NetworkId,
  { house, from }: { house: MerchantId; from: Date },
): Promise<void> {
  if ((await listResponsibilities(db, network)).length > 0) return
  const explanation =
    'The shops keep your wallet together. This is a demonstration: nobody answers for real data, so enter none.'
  const { person_uuid: by } = await db
    .selectFrom('api.membership')
    .select('person_uuid')
    .where('network_id', '=', network)
    .executeTakeFirstOrThrow()
  const said = [{ purpose: 'membership', role: 'joint_controller', explanation } as const]
  await db
    .transaction()
    .execute((tx) => recordResponsibilities(tx, { network, merchant: house }, { said, at: from, by }))
}

/** A member shop with its till. The key is null where the till was there. */
async function ensureShop(db: Db, actor: Actor, role: ShopRole): Promise<{ shop: Shop; key: string | null }> {
  const known = await db
    .selectFrom('api.merchant')
    .select('merchant_id')
    .where('network_id', '=', actor.network)
    .where('external_reference', '=', role.reference)
    .executeTakeFirst()
  const made = { name: role.name, issuingLimit: points(50_000), externalReference: role.reference }
  const { merchant_id: merchant } = known ?? (await createMerchant(db, actor, made))
  const [opens, closes, days] = role.open
  const hours = days.map((day) => ({ day, opens, closes }))
  await db
    .transaction()
    .execute((tx) => setProfile(tx, { network: actor.network, merchant }, { ...role, hours }))
  const [till] = await listTills(db, actor.network, { merchant, limit: 1 })
  if (till) return { shop: { ...role, merchant, credential: till.credential_id }, key: null }
  const key = createTillKey()
  const { credential_id: credential } = await createTill(db, actor, { merchant, name: role.till, key })
  return { shop: { ...role, merchant, credential }, key }
}
