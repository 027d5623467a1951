import { createReadStream } from 'node:fs'
import {
  post,
  type Answer,
  type CredentialId,
  type IssueCommand,
  type Ledger,
  type MerchantId,
  type NetworkId,
  type RefusalCode,
  type WalletId,
} from '../../ledger/index.ts'
import { problems } from '../http/problems.ts'
import { writeContent } from '../transactions/content.ts'
import { parsePurchase, type ImportedPurchase } from './parse-purchase.ts'
import type { FindParties, Parties } from './parties.ts'
import { readLines, type Line } from './read-lines.ts'
import type { Reject, Rejects } from './rejects.ts'

/** What a file's good lines hold so far, whether this run posted them or one before. */
export interface Imported {
  purchases: number
  issuedPoints: bigint
  /** Of the points, those whose time was over before they came: the rule counts from the day of the purchase. */
  overduePoints: bigint
  readonly merchants: Set<MerchantId>
  readonly customers: Set<WalletId>
  rejected: number
  /** Of the purchases, those that were there already. */
  replayed: number
  /** Bytes of the file that are done. */
  bytes: number
}

export interface ImportParts {
  readonly ledger: Ledger
  readonly network: NetworkId
  /** Of kind `import`: it alone may post old purchases. */
  readonly credential: CredentialId
  readonly findParties: FindParties
  readonly rejects: Rejects
}

/** Two such portions are under way at a time, so that the poster always has a full batch (256) waiting. */
const portionLines = 512

export function nothingImported(): Imported {
  return {
    purchases: 0,
    issuedPoints: 0n,
    overduePoints: 0n,
    merchants: new Set(),
    customers: new Set(),
    rejected: 0,
    replayed: 0,
    bytes: 0,
  }
}

/**
 * Posts a file's purchases, line by line, and adds them up in `imported` as they are done. What was imported before
 * is replayed, so it may be stopped at any point, by a signal or by a crash, and run again. Bad lines, and lines that
 * the ledger refuses, go to `rejects`. Ends early, with what is in flight done, when `signal` is aborted.
 */
export async function importFile(
  parts: ImportParts,
  file: string,
  { imported, signal }: { imported: Imported; signal: AbortSignal },
): Promise<void> {
  let before: Promise<unknown> = Promise.resolve()
  try {
    for await (const lines of readPortions(file)) {
      if (signal.aborted) break
      const entries = await prepare(parts, lines)
      const last = before
      before = Promise.all([postAll(parts, entries), last]).then(([outcomes]) =>
        settle(parts, imported, { outcomes, endsAt: lines.at(-1)!.endsAt }),
      )
      // Its failure is heard when it is awaited, a round later.
      before.catch(() => {})
      await last
    }
  } finally {
    await before
  }
}

async function* readPortions(file: string): AsyncGenerator<Line[]> {
  let portion: Line[] = []
  for await (const line of readLines(createReadStream(file))) {
    if (line.number === 1) continue
    portion.push(line)
    if (portion.length < portionLines) continue
    yield portion
    portion = []
  }
  if (portion.length > 0) yield portion
}

/** A line with the purchase that it is, and whose, or with what is wrong with it. */
type Entry =
  | { readonly line: Line; readonly fault: string }
  | { readonly line: Line; readonly purchase: ImportedPurchase; readonly parties: Parties }

async function prepare(parts: ImportParts, lines: readonly Line[]): Promise<Entry[]> {
  const read = lines.filter(({ text }) => text !== '').map((line) => ({ line, ...parsePurchase(line) }))
  const good = read.filter((one) => 'purchase' in one)
  const parties = await parts.findParties(good.map(({ purchase }) => purchase))
  const entries = good.map((one, i) => ({ ...one, parties: parties[i]! }))
  return [...read.filter((one) => 'fault' in one), ...entries].toSorted(
    (a, b) => a.line.number - b.line.number,
  )
}

type Outcome =
  | { readonly line: Line; readonly fault: string }
  | { readonly line: Line; readonly parties: Parties; readonly answer: Answer }

async function postAll(parts: ImportParts, entries: readonly Entry[]): Promise<Outcome[]> {
  return Promise.all(
    entries.map(async (entry) => {
      if ('fault' in entry) return entry
      const { line, parties } = entry
      return { line, parties, answer: await post(parts.ledger, parts.network, toCommand(parts, entry)) }
    }),
  )
}

function toCommand(
  { credential }: ImportParts,
  { purchase, parties }: { purchase: ImportedPurchase; parties: Parties },
): IssueCommand {
  const { id, store, customer, purchasedAt, amountMinor } = purchase
  return {
    kind: 'issue',
    ...parties,
    key: { scope: parties.merchant, value: `import:${id}` },
    content: writeContent('import', { store, customer, purchasedAt, amountMinor }),
    credential,
    reference: { value: id, series: 'import' },
    occurredAt: purchasedAt,
    gives: { purchase: { amountMinor } },
  }
}

async function settle(
  parts: ImportParts,
  imported: Imported,
  { outcomes, endsAt }: { outcomes: readonly Outcome[]; endsAt: number },
): Promise<void> {
  const rejected: Reject[] = []
  const entries: bigint[] = []
  for (const outcome of outcomes) {
    const { number, text } = outcome.line
    if ('fault' in outcome) {
      rejected.push({ line: number, reason: outcome.fault, text })
    } else if (outcome.answer.outcome === 'refused') {
      rejected.push({ line: number, reason: explain(outcome.answer.code), text })
    } else {
      imported.purchases++
      imported.issuedPoints += outcome.answer.points
      entries.push(outcome.answer.entryIndex)
      imported.merchants.add(outcome.parties.merchant)
      imported.customers.add(outcome.parties.wallet)
      if (outcome.answer.outcome === 'replayed') imported.replayed++
    }
  }
  imported.rejected += rejected.length
  imported.overduePoints += await countOverdue(parts, entries)
  imported.bytes = endsAt
  await parts.rejects.add(rejected)
}

/** How many of the points that these entries gave were to be spent before now. */
async function countOverdue({ ledger, network }: ImportParts, entries: readonly bigint[]): Promise<bigint> {
  if (entries.length === 0) return 0n
  const { points } = await ledger.db
    .selectFrom('ledger.lot')
    .select((is) => is.fn.sum<string | null>('points').as('points'))
    .where('network_id', '=', network)
    .where('entry_index', 'in', entries)
    .where('expires_at', '<=', new Date())
    .executeTakeFirstOrThrow()
  return BigInt(points ?? 0)
}

/** The ledger's refusal for who reads a file of rejects, not for who sent a request. */
function explain(code: RefusalCode): string {
  switch (code) {
    case 'idempotency_key_reused':
      return `${code}: this store has a purchase with this purchase_id already, with another customer, time or amount`
    case 'reference_reused':
      return `${code}: a purchase with this purchase_id was posted otherwise before`
    case 'occurred_at_out_of_range':
      return `${code}: purchased_at is in the future`
    default:
      return `${code}: ${problems[code].detail}`
  }
}
