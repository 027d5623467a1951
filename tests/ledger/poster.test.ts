import { afterAll, beforeAll, expect, test } from 'vitest'
import { toValues, writeRow, type CommandValues } from '../../ledger/command-row.ts'
import { createLedger, minor, type Ledger } from '../../ledger/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { testPool } from '../support/scratch.ts'
import { findFaults, setStage, testSecret, type Stage } from '../support/stage.ts'

let database: TestDatabase
let ledger: Ledger
let stage: Stage

beforeAll(async () => {
  database = await createTestDatabase()
  ledger = createLedger({ pool: testPool(database.url), secret: testSecret })
  stage = await setStage(ledger, { merchants: ['bakery'], wallets: ['ada'] })
})

afterAll(async () => {
  await ledger.pool.end()
  await database.drop()
})

async function purchaseValues(key: string): Promise<CommandValues> {
  return toValues(await ledger.keyOf(stage.network), {
    kind: 'issue',
    key: { scope: 'network', value: key },
    credential: stage.credential,
    content: key,
    merchant: stage.merchants.bakery!,
    wallet: stage.wallets.ada!,
    gives: { purchase: { amountMinor: minor(500) } },
  })
}

const purchaseRow = async (key: string) => writeRow(await purchaseValues(key))

test('a command that faults does not take its neighbours down: they are posted, one by one', async () => {
  const good = await Promise.all(['k1', 'k2'].map(purchaseRow))
  const broken = writeRow({ ...(await purchaseValues('k3')), key_hash: '\\x00' })
  const results = await Promise.allSettled(
    [good[0]!, broken, good[1]!].map((row) => ledger.poster.post(stage.network, row)),
  )
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value.outcome : 'fault'))).toEqual([
    'posted',
    'fault',
    'posted',
  ])
  expect(await findFaults(ledger.db, stage.network)).toEqual([])
})

test('commands given while a batch is under way are posted together as the next one', async () => {
  const rows = await Promise.all(Array.from({ length: 50 }, (_, i) => purchaseRow(`many ${i}`)))
  const answers = await Promise.all(rows.map((row) => ledger.poster.post(stage.network, row)))
  expect(answers.every((answer) => answer.outcome === 'posted')).toBe(true)
  const { rows: batches } = await ledger.pool.query(
    'select count(distinct xmin::text)::int as transactions from ledger.transaction where network_id = $1 and entry_index > $2',
    [
      stage.network,
      Math.min(...answers.map((answer) => Number('entryIndex' in answer && answer.entryIndex))) - 1,
    ],
  )
  expect(batches[0].transactions).toBeLessThan(10)
})
