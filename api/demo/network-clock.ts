import type { Client } from 'pg'
import type { NetworkId } from '../../ledger/index.ts'

/** A network's own clock, which goes forward only, until it is given back to the server's. */
export interface NetworkClock {
  /** Leaves the clock where it is when that time is over already. */
  set(at: Date): Promise<void>
  /** Back to the server's time for good, and the network gets the name that it keeps, both at once. */
  release(networkName: string): Promise<void>
}

/** `admin`: of a login that may act as `tally_poster` and `tally_owner`; the API's own may not set clocks. */
export async function openNetworkClock(admin: Client, network: NetworkId): Promise<NetworkClock> {
  await admin.query('set role tally_poster')
  const { rows } = await admin.query<{ clock_at: Date | null }>(
    'select clock_at from ledger.network where network_id = $1',
    [network],
  )
  let now = rows[0]?.clock_at ?? null
  return {
    async set(at) {
      if (now !== null && at <= now) return
      await admin.query('select ledger.set_clock($1, $2)', [network, at])
      now = at
    },
    async release(networkName) {
      await admin.query('begin')
      await admin.query('select ledger.set_clock($1, null)', [network])
      await admin.query('set local role tally_owner')
      await admin.query('update api.network set name = $2 where network_id = $1', [network, networkName])
      // Its house merchant stands in people's histories.
      await admin.query('update api.merchant set name = $2 where network_id = $1 and is_house', [
        network,
        networkName,
      ])
      await admin.query('commit')
    },
  }
}
