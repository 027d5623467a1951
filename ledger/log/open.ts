import { sql } from 'kysely'
import type { NetworkId } from '../commands.ts'
import { formatVerifierKey } from '../proofs/note.ts'
import type { Ledger } from '../ledger.ts'

/** Opens a network's log under an origin, by an entry that names it and the key. One that is open stays as it is. */
export async function openLog(ledger: Ledger, network: NetworkId, origin: string): Promise<void> {
  const key = await ledger.logKeyOf(network, origin)
  await sql`select ledger.open_log(${network}, ${origin}, ${formatVerifierKey(key)})`.execute(ledger.db)
}
