import { isDeepStrictEqual } from 'node:util'
import type { Pool } from 'pg'
import {
  minor,
  points,
  post,
  sweep,
  type Answer,
  type Asked,
  type Command,
  type Ledger,
  type MerchantId,
  type TransactionUuid,
} from '../../ledger/index.ts'
import { dayToDate, findFaults, readState, setClock, setStage, type Stage } from '../support/stage.ts'

/** One element of a file such as `shared/vectors/ledger-scenarios.json`; its README says what each command means. */
export interface Scenario {
  readonly name: string
  readonly grace_days: number
  readonly face_value_minor: number
  readonly steps: readonly Step[]
}

interface Step {
  readonly do: readonly [string, ...unknown[]]
  readonly answer: unknown
  readonly then: {
    readonly wallets: Record<string, unknown>
    readonly accounts: Record<string, unknown>
  }
}

interface Play {
  readonly ledger: Ledger
  readonly admin: Pool
  readonly stage: Stage
  /** Transactions by the scenario's names for them. */
  readonly transactions: Map<unknown, { readonly target: TransactionUuid; readonly merchant: MerchantId }>
  count: number
}

/**
 * Plays a scenario in a network of its own.
 * @param admin a superuser's connections, to set the network's clock by the day numbers
 * @returns null when all answers and states are as written, or else the first difference in words
 */
export async function playScenario(ledger: Ledger, admin: Pool, scenario: Scenario): Promise<string | null> {
  const named = namesIn(scenario)
  const stage = await setStage(ledger, {
    ...named,
    graceDays: scenario.grace_days,
    pointFaceValueMinor: scenario.face_value_minor,
  })
  await setClock(admin, stage.network, dayToDate(0))
  const play: Play = { ledger, admin, stage, transactions: new Map(), count: 0 }
  for (const [i, step] of scenario.steps.entries()) {
    const where = `step ${i + 1}, ${JSON.stringify(step.do)}`
    const answer = await act(play, step.do)
    if (!isDeepStrictEqual(answer, step.answer)) {
      return `${where}: the answer should be ${JSON.stringify(step.answer)}, but is ${JSON.stringify(answer)}`
    }
    const difference = compareState(step.then, await readState(ledger, stage))
    if (difference) return `${where}: ${difference}`
  }
  const faults = await findFaults(ledger.db, stage.network)
  return faults[0] ?? null
}

const merchantAt: Record<string, number> = { issue: 2, redeem: 2, hold: 2, purchase: 2 }
const walletsAt: Record<string, number[]> = {
  issue: [3],
  redeem: [3],
  hold: [3],
  purchase: [3],
  gift: [2, 3],
}

function namesIn(scenario: Scenario): { merchants: string[]; wallets: string[] } {
  const merchants = new Set<string>()
  const wallets = new Set<string>()
  for (const { do: command, then } of scenario.steps) {
    const merchant = merchantAt[command[0]]
    if (merchant !== undefined) merchants.add(command[merchant] as string)
    for (const at of walletsAt[command[0]] ?? []) wallets.add(command[at] as string)
    for (const wallet of Object.keys(then.wallets)) wallets.add(wallet)
    for (const byMerchant of Object.values(then.accounts)) {
      for (const name of Object.keys(byMerchant as object)) merchants.add(name)
    }
  }
  return { merchants: [...merchants], wallets: [...wallets] }
}

async function act(play: Play, command: Step['do']): Promise<unknown> {
  const [kind, ...rest] = command
  if (kind === 'expire') {
    await setDay(play, rest[0])
    await sweep(play.ledger)
    return 'ok'
  }
  if (kind === 'reverse' || kind === 'refund') await setDay(play, rest[2])
  const built = build(play, kind, rest)
  if (built === null) return { refused: 'not_found' }
  const answer = await post(play.ledger, play.stage.network, built)
  if (answer.outcome === 'posted') {
    // A gift has no merchant: whoever points to it does so as the house.
    const merchant = 'merchant' in built ? built.merchant : play.stage.house
    play.transactions.set(built.key!.value, { target: answer.transaction, merchant })
  }
  return describe(kind, answer)
}

async function setDay(play: Play, day: unknown): Promise<void> {
  await setClock(play.admin, play.stage.network, dayToDate(day as number))
}

/** Null where the scenario names a transaction that was never posted. */
function build(play: Play, kind: string, args: unknown[]): Command | null {
  const { stage, transactions } = play
  const [first, second, third, fourth, fifth] = args
  const named = ['issue', 'redeem', 'hold', 'gift', 'purchase'].includes(kind)
  // A void, a reversal and a refund have no name of their own in a scenario.
  const id = named ? first : kind === 'capture' ? second : `${kind} ${++play.count}`
  const head = {
    key: { scope: 'network' as const, value: id as string },
    credential: stage.credential,
    content: JSON.stringify([kind, ...args]),
  }
  const merchant = stage.merchants[second as string]!
  const wallet = stage.wallets[third as string]!
  if (named) {
    switch (kind) {
      case 'issue': {
        const { exp } = (fifth ?? {}) as { exp?: number }
        const expiresAt = exp === undefined ? null : dayToDate(exp)
        const bonus = { points: points(fourth as number), expiresAt }
        return { ...head, kind, merchant, wallet, gives: { bonus } }
      }
      case 'purchase': {
        const { redeem } = (fifth ?? {}) as { redeem?: number }
        const purchase = {
          amountMinor: minor(fourth as number),
          ...(redeem !== undefined && { redeem: { points: points(redeem) } as Asked }),
        }
        return { ...head, kind: 'issue', merchant, wallet, gives: { purchase } }
      }
      case 'redeem':
        return { ...head, kind, merchant, wallet, asked: { points: points(fourth as number) } }
      case 'hold': {
        // Scenarios know no time-out: far away.
        const lifetimeSeconds = 10 * 365 * 86_400
        return {
          ...head,
          kind,
          merchant,
          wallet,
          asked: { points: points(fourth as number) },
          lifetimeSeconds,
        }
      }
      case 'gift': {
        const giver = stage.wallets[second as string]!
        return { ...head, kind, wallet: giver, to: wallet, points: points(fourth as number) }
      }
    }
  }
  if (!['capture', 'void', 'reverse', 'refund'].includes(kind)) throw new Error(`there is no command ${kind}`)
  const known = transactions.get(first)
  if (!known) return null
  switch (kind) {
    case 'capture': {
      const captured = third === undefined ? {} : { points: points(third as number) }
      return { ...head, ...known, kind, ...captured }
    }
    case 'void':
      return { ...head, ...known, kind }
    case 'reverse':
      return { ...head, ...known, kind, asked: { points: points(second as number) }, reason: 'scenario' }
    default: {
      const asked = { refundAmountMinor: minor(second as number) }
      return { ...head, ...known, kind: 'reverse', asked, reason: 'scenario' }
    }
  }
}

function describe(kind: string, answer: Answer): unknown {
  if (answer.outcome === 'refused') return { refused: answer.code }
  switch (kind) {
    case 'issue':
      return Number(answer.points)
    case 'redeem':
      return Number(answer.redeemedPoints)
    case 'purchase':
      return {
        points: Number(answer.points),
        redeemed_points: Number(answer.redeemedPoints),
        to_pay_minor: Number(answer.moneyMinor),
      }
    case 'refund':
      return {
        refund_money_minor: Number(answer.moneyMinor),
        refund_points: Number(answer.redeemedPoints),
      }
    default:
      return 'ok'
  }
}

const nothing = { available: 0, held: 0, debt: 0, lots: [] }

function compareState(expected: Step['then'], actual: Awaited<ReturnType<typeof readState>>): string | null {
  for (const [wallet, state] of Object.entries(actual.wallets)) {
    const should = expected.wallets[wallet] ?? nothing
    if (!isDeepStrictEqual(state, should)) {
      return `${wallet}'s wallet should be ${JSON.stringify(should)}, but is ${JSON.stringify(state)}`
    }
  }
  for (const kind of new Set([...Object.keys(expected.accounts), ...Object.keys(actual.accounts)])) {
    const should = expected.accounts[kind] ?? {}
    const is = actual.accounts[kind] ?? {}
    if (!isDeepStrictEqual(is, should)) {
      return `the ${kind} accounts should be ${JSON.stringify(should)}, but are ${JSON.stringify(is)}`
    }
  }
  return null
}
