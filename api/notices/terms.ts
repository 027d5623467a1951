import { z } from 'zod'
import type { NetworkId } from '../../ledger/index.ts'
import { addJobs, type Tasks } from '../jobs/jobs.ts'
import type { SendMail } from '../mail/mailer.ts'
import type { Db } from '../tables.ts'
import { findAddressee } from './addressee-store.ts'
import { worseTermsLetter } from './terms-letter.ts'
import { listUntold, passOverNotice, readWorseTerms, takeReaders, type NoticeKey } from './terms-store.ts'

export const worseTermsTask = 'tell-worse-terms'
/** A letter to everybody waits for those about what somebody just spent. */
const afterOthers = 10
const readersAtOnce = 500

const termsJob = z.strictObject({
  network: z.int().transform((value) => value as NetworkId),
  notice: z.uuid(),
  customer: z.uuid(),
})

interface Sending {
  readonly db: Db
  readonly sendMail: SendMail
}

/** The task of a letter about worse terms. Its jobs hold ids alone. */
export function termsTasks(parts: Sending): Tasks {
  return { [worseTermsTask]: (payload) => sendTerms(parts, termsJob.parse(payload)) }
}

/** A job for each customer, of each version with worse terms that was set; with them, its cursor moves on. */
export async function noteWorseTerms(db: Db, atOnce = readersAtOnce): Promise<void> {
  for (const key of await listUntold(db)) {
    if ((await readWorseTerms(db, key)) === undefined) {
      await passOverNotice(db, key)
      continue
    }
    for (let isMore = true; isMore;) isMore = await noteReaders(db, key, atOnce)
  }
}

/** Whether there may be more. */
async function noteReaders(db: Db, key: NoticeKey, atOnce: number): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    const taken = await takeReaders(tx, key, atOnce)
    if (taken === null) return false
    // It is a notice of a change of terms, which customers are owed: no switch for other letters turns it off.
    const jobs = taken.readers.map((customer) => ({ ...key, customer }))
    await addJobs(tx, worseTermsTask, jobs, { priority: afterOthers })
    return true
  })
}

async function sendTerms(
  { db, sendMail }: Sending,
  { customer, ...key }: z.output<typeof termsJob>,
): Promise<void> {
  const reader = await findAddressee(db, key.network, customer)
  const terms = await readWorseTerms(db, key)
  // Erased meanwhile, or set anew before it started.
  if (reader === undefined || terms === undefined) return
  await sendMail(worseTermsLetter(reader, terms))
}
