import type { Pool } from 'pg'
import type { NetworkId } from '../../ledger/index.ts'

const patienceMs = 10_000

/**
 * Starts `attempts` one after another while somebody else has the network's head, each once the one before is seen
 * waiting for it in the database, and lets them all go at once. Two are let in in the order they came; with more,
 * only the first is sure to be first. Each attempt must use a connection of its own (a ledger of its own).
 *
 * @param admin a superuser's pool, on a database that nobody else uses meanwhile
 */
export async function whileHeadIsHeld<T>(
  admin: Pool,
  network: NetworkId,
  attempts: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const holder = await admin.connect()
  const started: Promise<T>[] = []
  try {
    await holder.query('begin')
    await holder.query('select from ledger.head where network_id = $1 for update', [network])
    for (const attempt of attempts) {
      const going = attempt()
      // Whoever awaits it hears of its failure; meanwhile nobody does.
      going.catch(() => {})
      started.push(going)
      await waitUntilWaiting(admin, started.length)
    }
  } finally {
    await holder.query('rollback')
    holder.release()
  }
  return Promise.all(started)
}

/** Resolves when so many connections to this database wait for a lock. */
export async function waitUntilWaiting(admin: Pool, count: number): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const { rows } = await admin.query<{
      pid: number
      query: string
    }>(`select pid, query from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`)
    if (rows.length === count) return
    if (Date.now() > deadline) {
      throw new Error(`${count} should wait for the head by now, but it is these: ${JSON.stringify(rows)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
