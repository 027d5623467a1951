import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import fc from 'fast-check'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toRow, type CommandRow } from '../../ledger/command-row.ts'
import { createLedger, openWallet, points, type Ledger, type NetworkId } from '../../ledger/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { rounds } from '../support/long.ts'
import { testPool } from '../support/scratch.ts'
import { dayToDate, findFaults, setClock, testSecret } from '../support/stage.ts'
import { freshHead } from './commands.ts'
import {
  anyRules,
  drawSeed,
  modelState,
  postBatch,
  realState,
  setComparedStage,
  type ComparedStage,
  type RealAnswer,
} from './compare.ts'
import { historyOf, toRealRow } from './history.ts'
import { Model, type ModelCommand } from './model.ts'
import type { PostBatches } from './post-batches.ts'

let database: TestDatabase
let ledger: Ledger
let admin: ReturnType<typeof testPool>
let children: ChildProcess[]

beforeAll(async () => {
  database = await createTestDatabase()
  admin = testPool(database.adminUrl)
  ledger = createLedger({ pool: testPool(database.url), secret: testSecret })
  const script = join(import.meta.dirname, 'post-batches.ts')
  children = [1, 2].map(() => fork(script, [database.url], { serialization: 'advanced', execArgv: [] }))
})

afterAll(async () => {
  for (const child of children) {
    const ended = once(child, 'exit')
    child.disconnect()
    await ended
  }
  await ledger.pool.end()
  await admin.end()
  await database.drop()
})

/** Commands posted as one batch, after a marker whose entry index tells when. */
interface Piece {
  readonly commands: readonly ModelCommand[]
  readonly rows: readonly CommandRow[]
}

test(
  'whatever several connections and processes post at once has an order in which every answer is right',
  { timeout: 900_000 },
  async () => {
    const seed = drawSeed()
    let commands = 0
    await fc.assert(
      fc.asyncProperty(anyRules, historyOf(90), async (ruling, days) => {
        const stage = await setComparedStage(ledger, ruling)
        const model = new Model(ruling)
        await setClock(admin, stage.network, dayToDate(0))
        for (const day of days) {
          if (day.days > 0) await setClock(admin, stage.network, dayToDate((model.day += day.days)))
          const pieces = await cut(stage, day.commands)
          const answers = await postEverywhere(stage.network, pieces)
          const inOrder = pieces
            .map((piece, i) => ({ piece, marker: answers[i]![0]!, answers: answers[i]!.slice(1) }))
            .toSorted((a, b) => Number(a.marker.entryIndex! - b.marker.entryIndex!))
          for (const { piece, answers: real } of inOrder) {
            for (const [i, command] of piece.commands.entries()) {
              const { entryIndex: _, ...answer } = real[i]!
              expect(answer, `${JSON.stringify(command)}, on day ${model.day}`).toEqual(model.play(command))
            }
          }
          commands += day.commands.length
          expect(await realState(ledger, stage)).toEqual(modelState(model))
        }
        expect(await findFaults(ledger.db, stage.network)).toEqual([])
      }),
      // What runs at once never runs twice alike, so that a smaller example can't be sought.
      { seed, numRuns: rounds(20, 600), endOnFailure: true },
    )
    console.log(`concurrent histories: ${commands} commands`)
    expect(commands).toBeGreaterThan(2000)
  },
)

test(
  '64 callers of two posters at once leave what their posted commands make one after another',
  { timeout: 900_000 },
  async () => {
    const seed = drawSeed()
    let commands = 0
    await fc.assert(
      fc.asyncProperty(anyRules, historyOf(150), async (ruling, days) => {
        const stage = await setComparedStage(ledger, ruling)
        const key = await ledger.keyOf(stage.network)
        const other = createLedger({ pool: ledger.pool, secret: testSecret })
        const model = new Model(ruling)
        await setClock(admin, stage.network, dayToDate(0))
        for (const day of days) {
          if (day.days > 0) await setClock(admin, stage.network, dayToDate((model.day += day.days)))
          const waiting = [...day.commands]
          const answered: { command: ModelCommand; answer: RealAnswer }[] = []
          const callers = Array.from({ length: 64 }, async (_, n) => {
            for (let command = waiting.shift(); command; command = waiting.shift()) {
              const row = toRealRow(key, stage, stage.approver, command)
              answered.push({ command, answer: await postOne(n % 2 ? ledger : other, stage.network, row) })
            }
          })
          await Promise.all(callers)
          expect(answered.length).toBe(day.commands.length)
          const posted = answered
            .filter(({ answer }) => answer.outcome === 'posted')
            .toSorted((a, b) => Number(a.answer.entryIndex! - b.answer.entryIndex!))
          const replayed = answered.filter(({ answer }) => answer.outcome === 'replayed')
          for (const { command, answer } of [...posted, ...replayed]) {
            const { entryIndex: _, ...rest } = answer
            expect(rest, `${JSON.stringify(command)}, on day ${model.day}`).toEqual(model.play(command))
          }
          commands += day.commands.length
          expect(await realState(ledger, stage)).toEqual(modelState(model))
        }
        expect(await findFaults(ledger.db, stage.network)).toEqual([])
      }),
      { seed, numRuns: rounds(10, 300), endOnFailure: true },
    )
    console.log(`64 callers: ${commands} commands`)
    expect(commands).toBeGreaterThan(2000)
  },
)

/** Commands a batch: more than a few, which are posted another way; see ledger.post. */
const perBatch = 12

/** Commands of a day in batches, each with its marker: one point for a wallet that nothing else touches. */
async function cut(stage: ComparedStage, commands: readonly ModelCommand[]): Promise<Piece[]> {
  const key = await ledger.keyOf(stage.network)
  const wallet = await ledger.db.transaction().execute((tx) => openWallet(tx, stage.network, uuidv7()))
  const gives = { bonus: { points: points(1), expiresAt: null } }
  return Array.from({ length: Math.ceil(commands.length / perBatch) }, (_, i) => {
    const marker = toRow(key, { ...freshHead(stage), kind: 'issue', merchant: stage.house, wallet, gives })
    const some = commands.slice(perBatch * i, perBatch * (i + 1))
    return {
      commands: some,
      rows: [marker, ...some.map((c) => toRealRow(key, stage, stage.approver, c))],
    }
  })
}

/** Deals the pieces out to two connections here and one in each of two other processes; answers in their order. */
async function postEverywhere(network: NetworkId, pieces: readonly Piece[]): Promise<RealAnswer[][]> {
  const posters = [postHere, postHere, ...children.map((child) => postThere.bind(null, child))]
  const answers: RealAnswer[][] = []
  await Promise.all(
    posters.map(async (postAll, n) => {
      const mine = pieces.filter((_, i) => i % posters.length === n)
      const batches = mine.map(({ rows }) => rows)
      const theirs = await postAll({ network, batches })
      mine.forEach((piece, i) => (answers[pieces.indexOf(piece)] = theirs[i]!))
    }),
  )
  return answers
}

async function postHere({ network, batches }: PostBatches): Promise<RealAnswer[][]> {
  const answers: RealAnswer[][] = []
  for (const batch of batches) answers.push(await postBatch(ledger.pool, network, batch))
  return answers
}

async function postThere(child: ChildProcess, batches: PostBatches): Promise<RealAnswer[][]> {
  const answered = once(child, 'message')
  child.send(batches)
  return (await answered)[0] as RealAnswer[][]
}

async function postOne(poster: Ledger, network: NetworkId, row: CommandRow): Promise<RealAnswer> {
  const answer = await poster.poster.post(network, row)
  if (answer.outcome === 'refused') return { outcome: 'refused', code: answer.code, entryIndex: null }
  return {
    outcome: answer.outcome,
    points: Number(answer.points),
    redeemed: Number(answer.redeemedPoints),
    money: Number(answer.moneyMinor),
    after: Number(answer.availableAfter),
    entryIndex: answer.entryIndex,
  }
}
