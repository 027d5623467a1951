import { setTimeout as sleep } from 'node:timers/promises'
import { uuidv7 } from 'uuidv7'
import { registerCredential, type CredentialId, type Ledger, type NetworkId } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** Of the two-number advisory locks; the second number is the network's. */
const importLock = 1_868_902_721

/**
 * Waits until no other import runs into the network, and keeps others out until the answer is called: they would
 * make the same merchants and customers. Ends with the connection, so a killed import holds up nobody.
 */
export async function lockImport(
  ledger: Ledger,
  network: NetworkId,
  { signal, onWait }: { signal: AbortSignal; onWait: () => void },
): Promise<() => void> {
  const client = await ledger.pool.connect()
  // What is broken shows in the queries; without a listener it would end the process at once.
  client.on('error', () => {})
  const query = 'select pg_try_advisory_lock($1, $2) as got'
  for (let tries = 0; !signal.aborted; tries++) {
    const { rows } = await client.query<{ got: boolean }>(query, [importLock, network])
    if (rows[0]?.got) break
    if (tries === 1) onWait()
    await sleep(200)
  }
  return () => client.release(true)
}

/** Imports post under a credential of their own, one per network, found again by the next. */
export async function ensureImportCredential(db: Db, network: NetworkId): Promise<CredentialId> {
  const known = await db
    .selectFrom('ledger.credential')
    .select('credential_id')
    .where('network_id', '=', network)
    .where('kind', '=', 'import')
    .where('revoked_at', 'is', null)
    .orderBy('credential_id')
    .limit(1)
    .executeTakeFirst()
  if (known) return known.credential_id as CredentialId
  return db
    .transaction()
    .execute((tx) =>
      registerCredential(tx, network, { uuid: uuidv7(), kind: 'import', merchant: null, by: null }),
    )
}
