import { createHmac, hkdfSync } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '../tables.ts'
import { refuseAbove, type Limit, type LimitSettings } from './limits.ts'

/** Makes limits that all processes of the deployment count together; `name` tells them apart. */
export type CreateSharedLimit = (name: string, settings: LimitSettings) => Limit

/**
 * Limits counted in the database, for guesses at what is secret and for letters to somebody else: with several processes
 * nobody has more of them. Each costs a write; what only bounds the load stays with `createLimit`. The table is unlogged:
 * after a crash of the database all counts begin anew, also those of a whole day. Keys are there as HMAC-SHA-256 only.
 * `secret`: of the deployment.
 */
export function createSharedLimits(db: Db, secret: Uint8Array): CreateSharedLimit {
  const macKey = Buffer.from(hkdfSync('sha256', secret, '', 'tallystick guesses', 32))
  return (name, settings) => {
    const { count, seconds } = settings
    const macOf = (key: string) => createHmac('sha256', macKey).update(`${name} ${key}`).digest()
    return {
      count,
      seconds,
      async consume(key) {
        const { consumed, msBeforeNext } = await countOne(db, macOf(key), seconds)
        const state = {
          consumedPoints: consumed,
          remainingPoints: Math.max(0, count - consumed),
          msBeforeNext,
        }
        if (consumed > count) refuseAbove(settings, state)
        return state
      },
      async giveBack(key) {
        await sql`
          update api.guess set count = count - 1
          where key_mac = ${macOf(key)} and count > 0 and ends_at > now()`.execute(db)
      },
    }
  }
}

/** Counts by the database's clock, which all processes share. */
async function countOne(
  db: Db,
  mac: Buffer,
  seconds: number,
): Promise<{ consumed: number; msBeforeNext: number }> {
  const { rows } = await sql<{ consumed: number; msBeforeNext: number }>`
    insert into api.guess as known (key_mac, count, ends_at)
    values (${mac}, 1, now() + make_interval(secs => ${seconds}))
    on conflict on constraint guess_pk do update set
      count = case when known.ends_at > now() then known.count + 1 else 1 end,
      ends_at = case when known.ends_at > now() then known.ends_at else excluded.ends_at end
    returning count as consumed, (extract(epoch from ends_at - now()) * 1000)::float8 as "msBeforeNext"`.execute(
    db,
  )
  return rows[0]!
}
