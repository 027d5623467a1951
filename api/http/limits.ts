import { isIPv6 } from 'node:net'
import type { Request, Response } from 'express'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from './problems.ts'

/** At most `count` of something per `seconds`, for each key. Counted in this process. */
export interface Limit {
  readonly count: number
  readonly seconds: number
  /** Counts one for `key`; throws `too_many_requests` above the limit. */
  consume(key: string): Promise<RateLimiterRes>
  /** Takes back one, e.g. for a password that was right. */
  giveBack(key: string): Promise<void>
}

/** A limit of `count` per `seconds` and key; `detail` says in the refusal what there was too much of. */
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
        const headers = { ...headersOf(count, reached), 'Retry-After': String(secondsUntil(reached)) }
        throw new Refusal('too_many_requests', { headers, ...(detail && { detail }) })
      }
    },
    async giveBack(key) {
      await limiter.reward(key)
    },
  }
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

function headersOf(count: number, state: RateLimiterRes): Record<string, string> {
  return {
    'RateLimit-Limit': String(count),
    'RateLimit-Remaining': String(state.remainingPoints),
    'RateLimit-Reset': String(secondsUntil(state)),
  }
}

function secondsUntil(state: RateLimiterRes): number {
  return Math.max(1, Math.ceil(state.msBeforeNext / 1000))
}
