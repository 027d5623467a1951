import { run, type TaskList } from 'graphile-worker'
import { sql } from 'kysely'
import { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Db, Tx } from '../tables.ts'
import { quietLogger } from './quiet-logger.ts'

/** Tasks by name. A task gets the job's payload as it was added; one that throws is tried again later. */
export type Tasks = Readonly<Record<string, (payload: unknown) => Promise<void>>>

export interface JobsOptions {
  /** Of a login with the API's rights. */
  readonly databaseUrl: string
  readonly role?: 'tally_api'
  readonly tasks: Tasks
  /** Most jobs that are worked on at once. */
  readonly atOnce: number
  readonly log: Logger
}

// A job needs one only to be taken and to be done with.
const connectionCountMax = 6

/**
 * Works on the jobs of these tasks in this process, beside any other that does. Answers how to stop, which waits for
 * those under way.
 */
export async function startJobs({
  databaseUrl,
  role,
  tasks,
  atOnce,
  log,
}: JobsOptions): Promise<() => Promise<void>> {
  // Connections of its own: jobs never wait for those of requests, nor requests for theirs.
  const pool = new Pool({
    connectionString: databaseUrl,
    max: Math.min(atOnce + 2, connectionCountMax),
    application_name: 'tallystick jobs',
    ...(role && { options: `-c role=${role}` }),
  })
  let isEnding = false
  const onError = (error: Error) => {
    // The pool's end does not wait until PostgreSQL has heard of it, which may itself be stopped by then.
    if (!isEnding) log.warn({ err: error }, 'a database connection of the jobs broke')
  }
  pool.on('error', onError)
  // The queue wants to be sure that one broken while in use is heard of too.
  pool.on('connect', (client) => client.on('error', onError))
  const taskList: TaskList = Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [name, (payload: unknown) => task(payload)]),
  )
  const runner = await run({
    pgPool: pool,
    taskList,
    concurrency: atOnce,
    pollInterval: 1000,
    noHandleSignals: true,
    logger: quietLogger,
  })
  runner.events.on('job:error', ({ job, error }) => {
    log.error({ err: error, task: job.task_identifier }, 'a job failed')
  })
  return async () => {
    await runner.stop()
    isEnding = true
    await pool.end()
  }
}

/** Adds a job, in the transaction where there is one. With a `key` there is at most one such job waiting: the last one added. */
export async function addJob(
  db: Db | Tx,
  task: string,
  payload: object,
  {
    key,
    attemptsMax = 25,
    notBefore,
  }: { readonly key?: string; readonly attemptsMax?: number; readonly notBefore?: Date } = {},
): Promise<void> {
  await sql`select graphile_worker.add_job(${task}, ${JSON.stringify(payload)}::json,
    job_key => ${key ?? null}, max_attempts => ${attemptsMax}, run_at => ${notBefore ?? null}::timestamptz)`.execute(
    db,
  )
}

/** Adds many at once, in the transaction that makes them; those with a higher `priority` wait for those with a lower. */
export async function addJobs(
  tx: Tx,
  task: string,
  payloads: readonly object[],
  { attemptsMax = 25, priority = 0 }: { readonly attemptsMax?: number; readonly priority?: number } = {},
): Promise<void> {
  await sql`select graphile_worker.add_job(${task}, payload, max_attempts => ${attemptsMax}, priority => ${priority})
    from json_array_elements(${JSON.stringify(payloads)}::json) payload`.execute(tx)
}

/** Removes this task's jobs that are not tried any more; the queue itself would keep them for ever. */
export async function forgetFailedJobs(db: Db, task: string): Promise<void> {
  await sql`select graphile_worker.complete_jobs(array(select j.id from graphile_worker.jobs j
    where j.task_identifier = ${task} and j.attempts >= j.max_attempts and j.locked_at is null))`.execute(db)
}
