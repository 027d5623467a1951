import type { Logger } from 'pino'
import { z } from 'zod'
import type { NetworkId, Uuid, WalletId } from '../../ledger/index.ts'
import { addJob, forgetFailedJobs, type Tasks } from '../jobs/jobs.ts'
import type { SendMail } from '../mail/mailer.ts'
import { repeat } from '../repeat.ts'
import type { Db } from '../tables.ts'
import {
  findReader,
  forgetNotice,
  forgetPastEndings,
  listEndings,
  listEndingWallets,
  noteEndings,
} from './ending-store.ts'
import { endingLetter, spendLetter } from './letters.ts'
import { findSpend, listNetworksBehind, openCursors, takeSpends } from './spend-store.ts'

/** Letters that one process sends at once. */
export const noticesAtOnce = 4

const spendTask = 'tell-spend'
const endingTask = 'tell-endings'
const spendPauseMs = 500
const endingPauseMs = 10 * 60_000

const network = z.int().transform((value) => value as NetworkId)
const spendJob = z.strictObject({ network, transaction: z.uuid() })
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
    [endingTask]: (payload) => sendEndings(parts, endingJob.parse(payload)),
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
  ]
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
  }
}

/** A job for each spend in the logs since the last time; with it, the cursor moves on. */
export async function noteSpends(db: Db): Promise<void> {
  await openCursors(db)
  for (const behind of await listNetworksBehind(db)) {
    for (let isMore = true; isMore;) {
      isMore = await db.transaction().execute(async (tx) => {
        const taken = await takeSpends(tx, behind)
        for (const transaction of taken?.spends ?? []) {
          await addJob(tx, spendTask, { network: behind, transaction })
        }
        return taken?.isMore === true
      })
    }
  }
}

/** A job for each wallet with points that end soon; forgets what is over. */
export async function noteSoonEnding({ db, now }: Omit<Telling, 'sendMail'>): Promise<void> {
  for (const key of await listEndingWallets(db, now())) {
    await db.transaction().execute(async (tx) => {
      const notice = await noteEndings(tx, key, now())
      // Tried once: a letter that is refused is found again by a look, and after a crash none is sent twice.
      if (notice !== null) await addJob(tx, endingTask, { ...key, notice }, { attemptsMax: 1 })
    })
  }
  await forgetPastEndings(db, now())
  for (const task of [spendTask, endingTask]) await forgetFailedJobs(db, task)
}

async function sendSpend(
  { db, sendMail }: Telling,
  { network, transaction }: { network: NetworkId; transaction: Uuid },
): Promise<void> {
  const spend = await findSpend(db, network, transaction)
  if (spend === undefined) return
  await sendMail(spendLetter({ ...spend, to: spend.email }, spend))
}

async function sendEndings(
  { db, sendMail, now }: Telling,
  { notice, ...key }: { network: NetworkId; wallet: WalletId; notice: Uuid },
): Promise<void> {
  const reader = await findReader(db, key)
  const [first, ...others] = await listEndings(db, key, notice)
  // Spent meanwhile, or nobody to tell.
  if (reader === undefined || first === undefined) return
  try {
    await sendMail(endingLetter({ ...reader, to: reader.email }, { endings: [first, ...others], now: now() }))
  } catch (error) {
    await forgetNotice(db, key, notice)
    throw error
  }
}
