import type { Logger } from 'pino'
import { z } from 'zod'
import type { NetworkId, Uuid, WalletId } from '../../ledger/index.ts'
import { addJob, forgetFailedJobs, type Tasks } from '../jobs/jobs.ts'
import type { SendMail } from '../mail/mailer.ts'
import { repeat } from '../repeat.ts'
import type { Db, Tx } from '../tables.ts'
import { findReader, forgetPastEndings, listEndings, listEndingWallets, noteEndings } from './ending-store.ts'
import {
  endingLetter,
  gatheredSpendsLetter,
  lettersOffLetter,
  spendLetter,
  type LettersOff,
} from './letters.ts'
import { findAddressee } from './addressee-store.ts'
import {
  findGatheredSpends,
  findSpend,
  listNetworksBehind,
  openCursors,
  takeSpends,
  type TakenSpend,
} from './spend-store.ts'
import { noteWorseTerms, termsTasks, worseTermsTask } from './terms.ts'

/** Letters that one process sends at once. */
export const noticesAtOnce = 4

const spendTask = 'tell-spend'
const gatheredTask = 'tell-gathered-spends'
const lettersOffTask = 'tell-letters-off'
const endingTask = 'tell-endings'
const spendPauseMs = 500
const termsPauseMs = 2000
const endingPauseMs = 10 * 60_000
/** A gathering letter waits for what is being posted as its hour ends, or is being caught up with. */
const gatherGraceMs = 60_000

const network = z.int().transform((value) => value as NetworkId)
const spendJob = z.strictObject({ network, transaction: z.uuid() })
const lettersOffJob = z.strictObject({
  network,
  customer: z.uuid(),
  spends: z.boolean(),
  endings: z.boolean(),
})
const endingJob = z.strictObject({
  network,
  wallet: z.int().transform((value) => value as WalletId),
  notice: z.uuid(),
})

/** What telling takes. */
export interface Telling {
  readonly db: Db
  readonly sendMail: SendMail
  readonly now: () => Date
}

/** The tasks of notices. Their jobs hold ids alone: whom to tell, and of what, is read when the letter is written. */
export function noticeTasks(parts: Telling): Tasks {
  return {
    [spendTask]: (payload) => sendSpend(parts, spendJob.parse(payload)),
    [gatheredTask]: (payload) => sendGathered(parts, spendJob.parse(payload)),
    [lettersOffTask]: (payload) => sendLettersOff(parts, lettersOffJob.parse(payload)),
    [endingTask]: (payload) => sendEndings(parts, endingJob.parse(payload)),
    ...termsTasks(parts),
  }
}

/** Looks for what customers are to be told of, and makes a job of each letter. Answers how to stop. */
export function dispatchNotices({
  db,
  now,
  log,
}: Omit<Telling, 'sendMail'> & { readonly log: Logger }): () => Promise<void> {
  const stops = [
    repeat(() => noteSpends(db), {
      pauseMs: spendPauseMs,
      onError: (error) => log.error({ err: error }, 'looking for spends to tell of failed'),
    }),
    repeat(() => noteSoonEnding({ db, now }), {
      pauseMs: endingPauseMs,
      onError: (error) => log.error({ err: error }, 'looking for points that end soon failed'),
    }),
    repeat(() => noteWorseTerms(db), {
      pauseMs: termsPauseMs,
      onError: (error) => log.error({ err: error }, 'looking for worse terms to tell of failed'),
    }),
  ]
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
  }
}

/** A job for each spend in the logs since the last time, or for those of an hour together; with it, the cursor moves on. */
export async function noteSpends(db: Db): Promise<void> {
  await openCursors(db)
  for (const behind of await listNetworksBehind(db)) {
    for (let isMore = true; isMore;) {
      isMore = await db.transaction().execute(async (tx) => {
        const taken = await takeSpends(tx, behind)
        for (const spend of taken?.spends ?? []) await addSpend(tx, behind, spend)
        return taken?.isMore === true
      })
    }
  }
}

async function addSpend(
  tx: Tx,
  behind: NetworkId,
  { transaction, wallet, gatherAt }: TakenSpend,
): Promise<void> {
  const job = { network: behind, transaction }
  if (gatherAt === null) return await addJob(tx, spendTask, job)
  await addJob(tx, gatheredTask, job, {
    key: `${gatheredTask} ${behind} ${wallet} ${gatherAt.toISOString()}`,
    notBefore: new Date(Math.max(gatherAt.getTime(), Date.now()) + gatherGraceMs),
  })
}

/** A job for the last letter to a customer who gets some no more, with the change that turns them off. */
export async function noteLettersOff(
  tx: Tx,
  of: { readonly network: NetworkId; readonly customer: Uuid },
  off: LettersOff,
): Promise<void> {
  await addJob(tx, lettersOffTask, { ...of, ...off })
}

/** A job for each wallet with points that end soon; forgets what is over. */
export async function noteSoonEnding({ db, now }: Omit<Telling, 'sendMail'>): Promise<void> {
  for (const key of await listEndingWallets(db, now())) {
    await db.transaction().execute(async (tx) => {
      const notice = await noteEndings(tx, key, now())
      // A letter that is refused stays noted and is tried later and later by the queue: no look takes it up again.
      if (notice !== null) await addJob(tx, endingTask, { ...key, notice })
    })
  }
  await forgetPastEndings(db, now())
  const tasks = [spendTask, gatheredTask, lettersOffTask, endingTask, worseTermsTask]
  for (const task of tasks) await forgetFailedJobs(db, task)
}

async function sendSpend(
  { db, sendMail }: Telling,
  { network, transaction }: { network: NetworkId; transaction: Uuid },
): Promise<void> {
  const spend = await findSpend(db, network, transaction)
  if (spend === undefined) return
  await sendMail(spendLetter({ ...spend, to: spend.email }, spend))
}

async function sendGathered(
  { db, sendMail }: Telling,
  { network, transaction }: { network: NetworkId; transaction: Uuid },
): Promise<void> {
  const spends = await findGatheredSpends(db, network, transaction)
  if (spends === undefined) return
  const { email, from, to, ...rest } = spends
  await sendMail(gatheredSpendsLetter({ ...rest, to: email }, { ...rest, hour: { from, to } }))
}

async function sendLettersOff(
  { db, sendMail }: Telling,
  { network, customer, ...off }: LettersOff & { readonly network: NetworkId; readonly customer: Uuid },
): Promise<void> {
  const reader = await findAddressee(db, network, customer)
  if (reader !== undefined) await sendMail(lettersOffLetter(reader, off))
}

async function sendEndings(
  { db, sendMail, now }: Telling,
  { notice, ...key }: { network: NetworkId; wallet: WalletId; notice: Uuid },
): Promise<void> {
  const reader = await findReader(db, key)
  const [first, ...others] = await listEndings(db, key, { notice, now: now() })
  // Spent or ended meanwhile, or nobody to tell.
  if (reader === undefined || first === undefined) return
  await sendMail(endingLetter(reader, { endings: [first, ...others], now: now() }))
}
