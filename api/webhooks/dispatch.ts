import type { Logger } from 'pino'
import { z } from 'zod'
import type { NetworkId } from '../../ledger/index.ts'
import { addJob, type Tasks } from '../jobs/jobs.ts'
import { repeat } from '../repeat.ts'
import type { Db } from '../tables.ts'
import { deliverWebhook, type Delivering } from './deliver.ts'
import { listDueWebhooks } from './delivery-store.ts'
import { forgetDeliveries } from './store.ts'

/** Endpoints that one process sends to at once. */
export const webhooksAtOnce = 32

const taskName = 'deliver-webhook'
const lookPauseMs = 500
const forgetPauseMs = 60 * 60 * 1000

const payloadSchema = z.strictObject({
  network: z.int().transform((value) => value as NetworkId),
  uuid: z.uuid(),
})

/** The tasks of webhooks. */
export function webhookTasks(parts: Delivering): Tasks {
  return { [taskName]: (payload) => deliverWebhook(parts, payloadSchema.parse(payload)) }
}

/**
 * Makes a job of every endpoint that something waits for. The log and the endpoints' cursors say which these are, so
 * no job that was lost is missed. Answers how to stop.
 */
export function dispatchWebhooks({
  db,
  now,
  log,
}: {
  readonly db: Db
  readonly now: () => Date
  readonly log: Logger
}): () => Promise<void> {
  const onError = (error: unknown) => log.error({ err: error }, 'looking for webhooks to deliver failed')
  const stopLooking = repeat(
    async () => {
      for (const key of await listDueWebhooks(db, now())) {
        // One that fails is found again by the next look, so the queue need not repeat it.
        await addJob(db, taskName, key, { key: `webhook ${key.uuid}`, attemptsMax: 1 })
      }
    },
    { pauseMs: lookPauseMs, onError },
  )
  const stopForgetting = repeat(() => forgetDeliveries(db, now()), { pauseMs: forgetPauseMs, onError })
  return async () => {
    await Promise.all([stopLooking(), stopForgetting()])
  }
}
