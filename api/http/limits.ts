import { isIPv6 } from 'node:net'
import type { Request, Response } from 'express'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from './problems.ts'

/** How a key stands. */
export interface LimitState {
  readonly consumedPoints: number
  readonly remainingPoints: number
  readonly msBeforeNext: number
}

/** At most `count` of something per `seconds`, for each key. */
export interface Limit {
  readonly count: number
  readonly seconds: number
  /** Counts one for `key`; throws `too_many_requests` above the limit. */
  consume(key: string): Promise<LimitState>
  /** Takes back one, e.g. for a password that was right. */
  giveBack(key: string): Promise<void>
}

/** A limit of `count` per `seconds` and key; `detail` says in the refusal what there was too much of. */
export interface LimitSettings {
  readonly count: number
  readonly seconds: number
  readonly detail?: string | undefined
}

/** A limit as `LimitSettings` has it, counted in this process. */
export function createLimit(count: number, seconds: number, detail?: string): Limit {
  const limiter = new RateLimiterMemory({ points: count, duration: seconds })
  return {
    count,
    seconds,
    async consume(key) {
      try {
        return await limiter.consume(key)
      } catch (reached) {
        if (!(reached instanceof RateLimiterRes)) throw reached
        return refuseAbove({ count, seconds, detail }, reached)
      }
    },
    async giveBack(key) {
      await limiter.reward(key)
    },
  }
}

/** Refuses `too_many_requests`, and says until when. */
export function refuseAbove({ count, detail }: LimitSettings, state: LimitState): never {
  const headers = { ...headersOf(count, state), 'Retry-After': String(secondsUntil(state)) }
  throw new Refusal('too_many_requests', { headers, ...(detail && { detail }) })
}

/** Counts one request of `key` and tells the caller how many are left. */
export async function limitRequest(limit: Limit, res: Response, key: string): Promise<void> {
  res.set(headersOf(limit.count, await limit.consume(key)))
}

/**
 * The key of the address a request comes from. An IPv6 customer has a whole /64, so that is what counts.
 * Behind a proxy it is right only if `trust proxy` is.
 */
export function addressKey(req: Request): string {
  const address = req.ip ?? 'unknown'
  return isIPv6(address) && !address.startsWith('::ffff:') ? ipv6Network(address) : address
}

function ipv6Network(address: string): string {
  const [head = '', tail] = address.split('%')[0]!.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  return [...before, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':')
}

function headersOf(count: number, state: LimitState): Record<string, string> {
  return {
    'RateLimit-Limit': String(count),
    'RateLimit-Remaining': String(state.remainingPoints),
    'RateLimit-Reset': String(secondsUntil(state)),
  }
}

function secondsUntil(state: LimitState): number {
  return Math.max(1, Math.ceil(state.msBeforeNext / 1000))
}
