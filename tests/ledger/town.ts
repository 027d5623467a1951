import type { Pool } from 'pg'
import { uuidv7 } from 'uuidv7'
import { expect } from 'vitest'
import {
  checkRows,
  createLedger,
  post,
  readMerchantBalances,
  readWallet,
  registerCredential,
  type Answer,
  type Command,
  type CredentialId,
  type Ledger,
  type Posted,
  type TransactionUuid,
} from '../../ledger/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { testPool } from '../support/scratch.ts'
import { findFaults, setStage, testSecret, type Stage, type StageOptions } from '../support/stage.ts'

/** A ledger on a database of its own, for the tests of one file. */
export interface Town {
  readonly ledger: Ledger
  /** Posters of four processes; the first is `ledger`. */
  readonly processes: readonly [Ledger, Ledger, Ledger, Ledger]
  /** A superuser's. */
  readonly admin: Pool
  /** A network with a bakery, books and a cafe, Ada, Bob and Cyd, unless told otherwise. */
  stage(options?: Partial<StageOptions>): Promise<Stage>
  close(): Promise<void>
}

export async function openTown(): Promise<Town> {
  const database = await createTestDatabase()
  const admin = testPool(database.adminUrl)
  const pool = testPool(database.url, undefined, 8)
  const open = () => createLedger({ pool, secret: testSecret })
  const ledger = open()
  return {
    ledger,
    processes: [ledger, open(), open(), open()],
    admin,
    stage: (options = {}) =>
      setStage(ledger, {
        merchants: ['bakery', 'books', 'cafe'],
        wallets: ['ada', 'bob', 'cyd'],
        ...options,
      }),
    async close() {
      await pool.end()
      await admin.end()
      await database.drop()
    },
  }
}

/** Posts what the test takes for granted. */
export async function posted({ ledger }: Town, stage: Stage, command: Command): Promise<Posted> {
  const answer = await post(ledger, stage.network, command)
  expect(answer).toMatchObject({ outcome: 'posted' })
  return answer as Posted
}

/** Posts it; its transaction. */
export async function done(town: Town, stage: Stage, command: Command): Promise<TransactionUuid> {
  return (await posted(town, stage, command)).transaction
}

/** `posted`, `replayed`, or why it was refused. */
export function outcomeOf(answer: Answer): string {
  return answer.outcome === 'refused' ? answer.code : answer.outcome
}

/** Posts it; its outcome in a word. */
export async function outcome({ ledger }: Town, stage: Stage, command: Command): Promise<string> {
  return outcomeOf(await post(ledger, stage.network, command))
}

export async function availableOf({ ledger }: Town, stage: Stage, wallet: string): Promise<number> {
  const { available, debt } = (await readWallet(ledger.db, stage.network, stage.wallets[wallet]!))!
  return Number(available - debt)
}

/** A merchant's `[float, accepted, owed]`. */
export async function booksOf({ ledger }: Town, stage: Stage, merchant: string): Promise<number[]> {
  const { float, accepted, owed } = (await readMerchantBalances(
    ledger.db,
    stage.network,
    stage.merchants[merchant]!,
  ))!
  return [float, accepted, owed].map(Number)
}

export async function expectBooksWhole({ ledger }: Town, stage: Stage): Promise<void> {
  expect(await findFaults(ledger.db, stage.network)).toEqual([])
  // Nor does the daily check see anything where nobody changed anything behind the ledger's back.
  expect((await checkRows(ledger.db, stage.network)).faults).toEqual([])
}

/** Registers a till of a merchant's; its credential. */
export function newTill({ ledger }: Town, stage: Stage, merchant: string): Promise<CredentialId> {
  const till = {
    uuid: uuidv7(),
    kind: 'till',
    merchant: stage.merchants[merchant]!,
    by: stage.credential,
  } as const
  return ledger.db.transaction().execute((tx) => registerCredential(tx, stage.network, till))
}

/** Two tills of the bakery's. */
export async function twoTills(town: Town, stage: Stage): Promise<[CredentialId, CredentialId]> {
  return [await newTill(town, stage, 'bakery'), await newTill(town, stage, 'bakery')]
}
