import { randomBytes, randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { uuidv7 } from 'uuidv7'
import { addressOfKey, signCheckpointForChain } from '../../ledger/anchor/anchor-message.ts'
import { addAnchorSignature, recordAnchor } from '../../ledger/anchor/store.ts'
import {
  addCosignature,
  LogRefused,
  nameAnchorContract,
  offerCandidate,
  points,
  proposeWitnessPolicy,
  readAnchorContract,
  readCheckpoint,
  readLog,
  refuseLog,
  registerCredential,
  setMerchantMultiplier,
  type NetworkId,
} from '../../ledger/index.ts'
import { parseCheckpointText } from '../../ledger/proofs/checkpoint.ts'
import { cosign } from '../../ledger/proofs/cosignature.ts'
import { formatSignatureLine, formatVerifierKey, keyTypes, makeSignerKey } from '../../ledger/proofs/note.ts'
import { keepLog, signUp } from '../log/kept-log.ts'
import { dayToDate, setClock, type Stage } from '../support/stage.ts'
import { adjust, buy, expire, gift, give, goodwill, hold, pay, reverse, voidHold } from './commands.ts'
import { done, newTill, type Town } from './town.ts'

/** A network with a row in every table of the ledger. */
export async function fillEveryTable(town: Town): Promise<Stage> {
  const stage = await town.stage({ rule: { dailyMaxPerWallet: points(1000) } })
  await setClock(town.admin, stage.network, dayToDate(0))
  const till = await newTill(town, stage, 'bakery')
  const approver = await town.ledger.db.transaction().execute(async (tx) => {
    const by = stage.credential
    const effectiveFrom = dayToDate(1)
    await setMerchantMultiplier(tx, stage.network, stage.merchants.bakery!, {
      factor: '2',
      effectiveFrom,
      by,
    })
    return registerCredential(tx, stage.network, { uuid: uuidv7(), kind: 'person', merchant: null, by })
  })
  const qr = {
    id: randomUUID(),
    issuedAt: dayToDate(0),
    expiresAt: new Date(dayToDate(0).getTime() + 60_000),
  }
  const counters = [{ name: `goodwill:${stage.merchants.bakery}`, ceiling: points(100) }]
  const reference = { value: 'R-1' }
  const sale = await done(town, stage, buy(stage, 'bakery', 'ada', 5000, { credential: till, reference, qr }))
  await done(town, stage, pay(stage, 'books', 'ada', 30, { counters, reference: { value: 'R-2' } }))
  await done(town, stage, reverse(stage, 'bakery', sale, 'all'))
  await done(town, stage, give(stage, 'cafe', 'bob', 80, { expiresAt: dayToDate(1) }))
  await done(town, stage, hold(stage, 'books', 'bob', 10))
  await done(town, stage, voidHold(stage, 'books', await done(town, stage, hold(stage, 'books', 'bob', 5))))
  await done(town, stage, gift(stage, 'bob', 'cyd', 20))
  await done(town, stage, goodwill(stage, 'bakery', 'cyd', 5, counters))
  await done(town, stage, adjust(stage, 'bakery', 'cyd', 5, approver))
  await setClock(town.admin, stage.network, dayToDate(2))
  await done(town, stage, expire(stage, 'bob'))
  await fillLog(town, stage)
  return stage
}

async function fillLog({ ledger }: Town, { network }: Stage): Promise<void> {
  const kept = await keepLog(ledger)
  await signUp(kept, network)
  await cosignLog(ledger, network)
  await anchorLog(ledger, network)
  await kept.remove()
  await refuseLog(ledger.db, network, new LogRefused('rows_changed', 'For the test.', { entry: 0n }))
}

async function cosignLog({ db }: Town['ledger'], network: NetworkId): Promise<void> {
  const key = makeSignerKey('bakery.example/witness', keyTypes.cosignature, randomBytes(32))
  const witness = { name: 'bakery', vkey: formatVerifierKey(key), url: null, chainAddress: null }
  await proposeWitnessPolicy(db, network, { quorum: 1, witnesses: [witness], by: null })
  const log = (await readLog(db, network))!
  const { text } = (await offerCandidate(db, log))!
  const line = formatSignatureLine(cosign(text, key, 1)).trimEnd()
  await addCosignature(db, log, { size: parseCheckpointText(text).size, line, chainSignature: null })
}

async function anchorLog({ db }: Town['ledger'], network: NetworkId): Promise<void> {
  const key = `0x${'11'.repeat(32)}`
  const contract = { chainId: 31337n, address: `0x${'22'.repeat(20)}` }
  await db
    .transaction()
    .execute((tx) => nameAnchorContract(tx, network, { ...contract, deployedBlock: 0n, by: null }))
  const { origin, size, root } = (await readCheckpoint(db, (await readLog(db, network))!))!
  const checkpoint = { origin, size: BigInt(size), root }
  const signature = await signCheckpointForChain(key, contract, checkpoint)
  await addAnchorSignature(db, network, { checkpoint, signer: addressOfKey(key), signature })
  const hash = Buffer.alloc(32, 3)
  const anchor = { size: BigInt(size), root: Buffer.from(root), blockNumber: 1n, blockHash: hash }
  await recordAnchor(db, (await readAnchorContract(db, network))!, { ...anchor, transactionHash: hash })
}

export interface TableShape {
  readonly table: string
  readonly columns: readonly string[]
  /** Those of them that can only be set to their default. */
  readonly generated: readonly string[]
  /** Its primary key constraint. */
  readonly key: string
}

/** Every table of the ledger, from the catalog. `migration` says which files were applied and holds nothing of the books. */
export async function tablesOf(admin: Pool): Promise<TableShape[]> {
  const { rows } = await admin.query<TableShape>(`select c.relname as table, k.conname as key,
      (select json_agg(a.attname order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select coalesce(json_agg(a.attname), '[]') from pg_attribute a
        where a.attrelid = c.oid and a.attidentity = 'a') as generated
    from pg_class c join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
    where c.relnamespace = 'ledger'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'migration' order by 1`)
  return rows
}

/** How many rows each table has, and a hash over all of them. */
export async function takeDigest(
  admin: Pool,
): Promise<Record<string, { rows: bigint; hash: string | null }>> {
  const digest: Record<string, { rows: bigint; hash: string | null }> = {}
  for (const { table } of await tablesOf(admin)) {
    const { rows } = await admin.query<{ rows: bigint; hash: string | null }>(
      `select count(*) as rows, md5(string_agg(t::text, '|' order by t::text)) as hash from ledger.${table} t`,
    )
    digest[table] = rows[0]!
  }
  return digest
}
