import { randomUUID } from 'node:crypto'
import {
  minor,
  points,
  type AdjustCommand,
  type Asked,
  type CaptureCommand,
  type Command,
  type CommandHead,
  type CounterCheck,
  type CredentialId,
  type ExpireCommand,
  type GiftCommand,
  type GoodwillCommand,
  type HoldCommand,
  type IssueCommand,
  type RedeemCommand,
  type ReverseCommand,
  type TimeOutCommand,
  type TransactionUuid,
  type VoidCommand,
} from '../../ledger/index.ts'
import type { Stage } from '../support/stage.ts'

/** What a test may say of any command besides what it is about. */
type More<C extends Command> = Partial<Omit<C, 'kind' | 'merchant' | 'wallet'>>

/** A key never used before, done by the stage's credential. */
export function freshHead(stage: Stage): CommandHead {
  const value = randomUUID()
  return { key: { scope: 'network', value }, credential: stage.credential, content: value }
}

/** The same key as `command`, with another content. */
export function withOtherContent<C extends Command>(command: C): C {
  return { ...command, content: `${command.content} and more` }
}

export function give(
  stage: Stage,
  merchant: string,
  wallet: string,
  amount: number,
  { expiresAt = null, ...more }: More<IssueCommand> & { expiresAt?: Date | null } = {},
): IssueCommand {
  const gives = { bonus: { points: points(amount), expiresAt } }
  return { ...freshHead(stage), kind: 'issue', ...places(stage, merchant, wallet), gives, ...more }
}

/** `bill` and `eligible` in minor units. */
export function buy(
  stage: Stage,
  merchant: string,
  wallet: string,
  bill: number,
  {
    eligible,
    redeem,
    ...more
  }: Omit<More<IssueCommand>, 'gives'> & { eligible?: number; redeem?: Asked } = {},
): IssueCommand {
  const purchase = {
    amountMinor: minor(bill),
    ...(eligible !== undefined && { eligibleAmountMinor: minor(eligible) }),
    ...(redeem && { redeem }),
  }
  return {
    ...freshHead(stage),
    kind: 'issue',
    ...places(stage, merchant, wallet),
    gives: { purchase },
    ...more,
  }
}

export function pay(
  stage: Stage,
  merchant: string,
  wallet: string,
  asked: number | Asked,
  more: More<RedeemCommand> = {},
): RedeemCommand {
  return {
    ...freshHead(stage),
    kind: 'redeem',
    ...places(stage, merchant, wallet),
    asked: askedFor(asked),
    ...more,
  }
}

export function hold(
  stage: Stage,
  merchant: string,
  wallet: string,
  amount: number,
  more: More<HoldCommand> = {},
): HoldCommand {
  return {
    ...freshHead(stage),
    kind: 'hold',
    ...places(stage, merchant, wallet),
    asked: askedFor(amount),
    lifetimeSeconds: 86_400,
    ...more,
  }
}

export function capture(
  stage: Stage,
  merchant: string,
  target: TransactionUuid,
  amount?: number,
  more: More<CaptureCommand> = {},
): CaptureCommand {
  return {
    ...freshHead(stage),
    kind: 'capture',
    merchant: stage.merchants[merchant]!,
    target,
    ...(amount !== undefined && { points: points(amount) }),
    ...more,
  }
}

export function voidHold(stage: Stage, merchant: string, target: TransactionUuid): VoidCommand {
  return { ...freshHead(stage), kind: 'void', merchant: stage.merchants[merchant]!, target }
}

export function timeOut(target: TransactionUuid): TimeOutCommand {
  return { key: null, credential: null, content: '', kind: 'time-out', target }
}

export function expire(stage: Stage, wallet: string): ExpireCommand {
  return { key: null, credential: null, content: '', kind: 'expire', wallet: stage.wallets[wallet]! }
}

export function gift(stage: Stage, from: string, to: string, amount: number): GiftCommand {
  return {
    ...freshHead(stage),
    kind: 'gift',
    wallet: stage.wallets[from]!,
    to: stage.wallets[to]!,
    points: points(amount),
  }
}

/** Points of it, goods worth so many minor units, or all of it. */
export function reverse(
  stage: Stage,
  merchant: string,
  target: TransactionUuid,
  asked: number | 'all' | { refund: number },
  more: More<ReverseCommand> = {},
): ReverseCommand {
  return {
    ...freshHead(stage),
    kind: 'reverse',
    merchant: stage.merchants[merchant]!,
    target,
    reason: 'brought back',
    ...more,
    asked:
      asked === 'all'
        ? 'all'
        : typeof asked === 'number'
          ? { points: points(asked) }
          : { refundAmountMinor: minor(asked.refund) },
  }
}

export function adjust(
  stage: Stage,
  merchant: string,
  wallet: string,
  amount: number,
  approvedBy: CredentialId,
  more: More<AdjustCommand> = {},
): AdjustCommand {
  return {
    ...freshHead(stage),
    kind: 'adjust',
    ...places(stage, merchant, wallet),
    points: points(amount),
    approvedBy,
    reason: 'counted wrong',
    ...more,
  }
}

export function goodwill(
  stage: Stage,
  merchant: string,
  wallet: string,
  amount: number,
  counters: readonly CounterCheck[],
): GoodwillCommand {
  return {
    ...freshHead(stage),
    kind: 'goodwill',
    ...places(stage, merchant, wallet),
    points: points(amount),
    counters,
    reason: 'a long wait',
  }
}

function places(stage: Stage, merchant: string, wallet: string) {
  return { merchant: stage.merchants[merchant]!, wallet: stage.wallets[wallet]! }
}

function askedFor(asked: number | Asked): Asked {
  return typeof asked === 'number' ? { points: points(asked) } : asked
}
