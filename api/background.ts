import type { Logger } from 'pino'
import { sweep, type Ledger } from '../ledger/index.ts'
import { closeAuditDays } from './audit/close-days.ts'
import { startJobs } from './jobs/jobs.ts'
import type { SendMail } from './mail/mailer.ts'
import { dispatchNotices, noticesAtOnce, noticeTasks } from './notices/notices.ts'
import { forgetInTime } from './privacy/retention.ts'
import { repeat } from './repeat.ts'
import { payEnrolmentBonuses } from './rules/pay-enrolment-bonus.ts'
import { simulationTasks } from './rules/simulation-router.ts'
import { resumeSimulations } from './rules/simulation-store.ts'
import type { Db } from './tables.ts'
import { finishMoves } from './transactions/finish-moves.ts'
import { checkDueRows } from './verify/check-due.ts'
import { dispatchWebhooks, webhooksAtOnce, webhookTasks } from './webhooks/dispatch.ts'
import type { TargetRules } from './webhooks/target.ts'

// Points expire, and holds time out, within a minute of their time.
const sweepPauseMs = 20_000
// With their lease of 30 s: a killed worker's simulation goes on within a minute.
const simulationPauseMs = 15_000
const auditPauseMs = 10 * 60_000
const forgetPauseMs = 10 * 60_000
const rowsCheckPauseMs = 10 * 60_000

/** What background work takes. */
export interface BackgroundParts {
  readonly ledger: Ledger
  readonly db: Db
  /** Of a login with the API's rights. */
  readonly databaseUrl: string
  readonly role?: 'tally_api'
  readonly secret: Uint8Array
  readonly webhooks: TargetRules
  readonly sendMail: SendMail
  readonly log: Logger
  readonly now?: () => Date
}

/**
 * Everything that is done without being asked for: in the API's process, in `npm run worker`, or in several of them,
 * which share it. Answers how to stop, which waits for what is under way.
 */
export async function startBackground(parts: BackgroundParts): Promise<() => Promise<void>> {
  const { ledger, db, databaseUrl, role, sendMail, log, now = () => new Date() } = parts
  const delivering = { ...parts, rules: parts.webhooks, now }
  const queue = { databaseUrl, ...(role && { role }), log }
  // Each with turns of its own: webhooks mostly wait for others' servers, simulations work.
  const stopWebhooks = await startJobs({ ...queue, tasks: webhookTasks(delivering), atOnce: webhooksAtOnce })
  const stopSimulations = await startJobs({ ...queue, tasks: simulationTasks({ db, now }), atOnce: 2 })
  const notices = noticeTasks({ db, sendMail, now })
  const stopNotices = await startJobs({ ...queue, tasks: notices, atOnce: noticesAtOnce })
  const stops = [
    dispatchNotices({ db, now, log }),
    dispatchWebhooks({ db, now, log }),
    repeat(() => sweep(ledger), {
      pauseMs: sweepPauseMs,
      onError: (error) => log.error({ err: error }, 'sweeping failed'),
    }),
    repeat(() => payEnrolmentBonuses({ db, ledger }), {
      pauseMs: sweepPauseMs,
      onError: (error) => log.error({ err: error }, 'paying for joining failed'),
    }),
    repeat(() => finishMoves({ db, ledger }), {
      pauseMs: sweepPauseMs,
      onError: (error) => log.error({ err: error }, 'finishing moves failed'),
    }),
    repeat(() => resumeSimulations(db), {
      pauseMs: simulationPauseMs,
      onError: (error) => log.error({ err: error }, 'taking up simulations failed'),
    }),
    repeat(() => closeAuditDays(db), {
      pauseMs: auditPauseMs,
      onError: (error) => log.error({ err: error }, 'closing days of the audit trail failed'),
    }),
    repeat((signal) => checkDueRows({ db, ledger, log, signal }), {
      pauseMs: rowsCheckPauseMs,
      onError: (error) => log.error({ err: error }, 'checking the ledger’s rows failed'),
    }),
    repeat(() => forgetInTime({ db, ledger, sendMail, now }), {
      pauseMs: forgetPauseMs,
      onError: (error) => log.error({ err: error }, 'forgetting customers failed'),
    }),
  ]
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
    await Promise.all([stopWebhooks(), stopSimulations(), stopNotices()])
  }
}
