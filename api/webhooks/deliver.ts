import { readEntriesAfter } from '../../ledger/index.ts'
import { presentEntries, type Event } from '../events/present-entry.ts'
import { typeId } from '../http/ids.ts'
import type { SendMail } from '../mail/mailer.ts'
import type { Db } from '../tables.ts'
import { isHopeless, nextAttempt } from './back-off.ts'
import {
  claimWebhook,
  isAsRead,
  isDelivered,
  passOver,
  recordDelivered,
  recordFailed,
  releaseWebhook,
  type Attempt,
  type ClaimedWebhook,
  type Step,
  type WebhookKey,
} from './delivery-store.ts'
import { sendPauseNotice } from './pause-notice.ts'
import { webhookSecret, signedHeaders } from './secrets.ts'
import { sendMessage } from './send.ts'
import type { PauseReason } from './tables.ts'
import type { TargetRules } from './target.ts'

/** What delivering takes. */
export interface Delivering {
  readonly db: Db
  /** The deployment's. */
  readonly secret: Uint8Array
  readonly rules: TargetRules
  readonly sendMail: SendMail
  readonly now: () => Date
}

const entriesAtOnce = 100
/** Then others get their turn; whatever is left is a job again. */
const turnMs = 20_000

/**
 * Sends an endpoint what it has not heard yet, one message after the other in the order of the log, until there is
 * nothing left, an attempt fails, or its turn is over. Does nothing while another worker is at it.
 */
export async function deliverWebhook(parts: Delivering, key: WebhookKey): Promise<void> {
  const webhook = await claimWebhook(parts.db, key, parts.now())
  if (webhook === null) return
  try {
    const end = performance.now() + turnMs
    let cursor: bigint | null = webhook.cursor_index
    while (cursor !== null && performance.now() < end) {
      cursor = await deliverSome(parts, key, { webhook, cursor, end })
    }
  } finally {
    await releaseWebhook(parts.db, key)
  }
}

/** Where the endpoint stands then; null: nothing more to do now. */
async function deliverSome(
  parts: Delivering,
  key: WebhookKey,
  { webhook, cursor, end }: { webhook: ClaimedWebhook; cursor: bigint; end: number },
): Promise<bigint | null> {
  const { db, now } = parts
  const entries = await readEntriesAfter(db, key.network, cursor, entriesAtOnce)
  const last = entries.at(-1)
  if (last === undefined) return null
  const viewer = { kind: 'staff', merchant: webhook.merchant } as const
  const events = await presentEntries(db, key.network, { viewer, entries })
  let from = cursor
  for (const event of events.filter(({ type }) => webhook.types?.includes(type) ?? true)) {
    if (performance.now() > end) return null
    // In the next turn it is read anew.
    if (!(await isAsRead(db, key, { asked: webhook, from }))) return null
    const to = BigInt(event.index)
    const attempt = await attemptDelivery(parts, key, { webhook, event })
    const step = { ...attempt, asked: webhook, from, to, now: now() }
    if (!isDelivered(attempt.sent)) {
      await giveWay(parts, key, { webhook, step })
      return null
    }
    if (!(await recordDelivered(db, key, step))) return null
    webhook.failing_since = null
    webhook.failed_attempts = 0
    from = to
  }
  if (from === last.index) return from
  return (await passOver(db, key, { asked: webhook, from, to: last.index, now: now() })) ? last.index : null
}

/** Where the message is signed anew for each attempt: receivers refuse old ones. */
async function attemptDelivery(
  { secret, rules, now }: Delivering,
  { network, uuid }: WebhookKey,
  { webhook, event }: { webhook: ClaimedWebhook; event: Event },
): Promise<Attempt> {
  const at = now()
  const { secret_version: version, previous_secret_until: previousUntil } = webhook
  const versions = previousUntil !== null && previousUntil > at ? [version, version - 1] : [version]
  const { type, at: timestamp, ...data } = event
  const body = JSON.stringify({ type, timestamp, data })
  const headers = signedHeaders({
    secrets: versions.map((each) => webhookSecret(secret, uuid, each)),
    // The same however often it is sent, so that a receiver knows it again.
    id: `${typeId('whk', uuid)}_${network}_${event.index}`,
    at,
    body,
  })
  const started = performance.now()
  const sent = await sendMessage({ url: webhook.url, headers, body }, rules)
  return { attemptedAt: at, milliseconds: Math.round(performance.now() - started), sent }
}

/** After a failed attempt: later again, or, when it is hopeless, never until somebody looks into it. */
async function giveWay(
  parts: Delivering,
  key: WebhookKey,
  { webhook, step }: { webhook: ClaimedWebhook; step: Attempt & Step },
): Promise<void> {
  const { now, sent } = step
  const failingSince = webhook.failing_since ?? step.attemptedAt
  const failedAttempts = webhook.failed_attempts + 1
  let pause: PauseReason | null = null
  // 410 Gone: its owner took it away (Standard Webhooks).
  if (sent.status === 410) pause = 'gone'
  else if (isHopeless(now, failingSince)) pause = 'failing'
  const recorded = await recordFailed(parts.db, key, {
    ...step,
    failingSince,
    failedAttempts,
    nextAttemptAt: nextAttempt(now, failedAttempts),
    pause,
  })
  if (recorded && pause !== null)
    await sendPauseNotice(parts, { webhook: key.uuid, by: webhook.created_by, pause })
}
