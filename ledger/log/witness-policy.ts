import { sql } from 'kysely'
import type { CredentialId, NetworkId } from '../commands.ts'
import type { Db, Tx } from '../database/connect.ts'
import { toBase64 } from '../proofs/bytes.ts'
import { keyTypes, parseVerifierKey, type VerifierKey } from '../proofs/note.ts'

/** A member that co-signs. */
export interface PolicyWitness {
  /** Within the policy: lower case letters, digits, `.` and `-`, at most 63, not `none`. */
  readonly name: string
  /** C2SP signed-note's public key, of signature type 4 (cosignature v1). */
  readonly vkey: string
  /** Where it answers tlog-witness; null: nowhere. */
  readonly url: string | null
  /** Whose signatures the contract counts, `0x` and 40 hexadecimal digits in lower case; null: it signs none. */
  readonly chainAddress: string | null
}

/** Who co-signs a network's log, and how many of them make a quorum. */
export interface WitnessPolicy {
  readonly version: number
  /** 0: a checkpoint needs no co-signature. */
  readonly quorum: number
  readonly witnesses: readonly PolicyWitness[]
  /** C2SP tlog-policy without the log's own line. Its SHA-256 is in the entry at `proposedIndex`. */
  readonly text: string
  readonly proposedIndex: bigint
  /** The entry from which it counts; null while it waits for the quorum of the one before it. */
  readonly startedIndex: bigint | null
}

/** What counts now, and what waits to count; null where there is none. */
export interface WitnessPolicies {
  readonly inForce: WitnessPolicy | null
  readonly proposed: WitnessPolicy | null
}

/** What is wrong with a witness among others, if anything: where, and what. Null: nothing. */
export function faultOfWitnesses(
  witnesses: readonly PolicyWitness[],
): { index: number; field: 'name' | 'vkey' | 'chainAddress'; detail: string } | null {
  const seen = { name: new Set<string>(), vkey: new Set<string>(), chainAddress: new Set<string>() }
  for (const [index, witness] of witnesses.entries()) {
    const key = readWitnessKey(witness.vkey)
    if (key === null) {
      return {
        index,
        field: 'vkey',
        detail: 'must be the vkey of a witness, as npm run witness -- --new-key prints it',
      }
    }
    const own = { name: witness.name, vkey: toBase64(key.publicKey), chainAddress: witness.chainAddress }
    for (const field of ['name', 'vkey', 'chainAddress'] as const) {
      const value = own[field]
      if (value !== null && seen[field].has(value))
        return { index, field, detail: 'is that of another witness' }
      if (value !== null) seen[field].add(value)
    }
  }
  return null
}

/** Plain ASCII only: the policy is a line of text, and its hash an entry of the log. */
function readWitnessKey(vkey: string): VerifierKey | null {
  try {
    const key = parseVerifierKey(vkey)
    return key.type === keyTypes.cosignature && /^[!-~]{1,200}$/.test(key.name) ? key : null
  } catch {
    return null
  }
}

/**
 * Proposes who is to co-sign from now on. While a quorum is in force it starts only once that quorum has co-signed a
 * checkpoint which contains the proposal, and replaces an earlier proposal that has not started; otherwise at once.
 * The same as was proposed last changes nothing. The caller sees to it that keys are keys, and none is there twice.
 */
export async function proposeWitnessPolicy(
  tx: Pick<Tx, 'getExecutor'>,
  network: NetworkId,
  policy: Pick<WitnessPolicy, 'quorum' | 'witnesses'> & { by: CredentialId | null },
): Promise<void> {
  const witnesses = policy.witnesses.map(({ name, vkey, url, chainAddress }) => ({
    name,
    vkey,
    url,
    chain_address: chainAddress,
  }))
  await sql`select ledger.propose_witness_policy(${network}, ${JSON.stringify(witnesses)}::jsonb, ${policy.quorum},
    ${policy.by})`.execute(tx as Tx)
}

/** The policies of a network. */
export async function readWitnessPolicies(
  db: Pick<Db, 'selectFrom'>,
  network: NetworkId,
): Promise<WitnessPolicies> {
  const rows = await db
    .selectFrom('ledger.witness_policy as policy')
    .leftJoin('ledger.witness_policy_start as start', (join) =>
      join.onRef('start.network_id', '=', 'policy.network_id').onRef('start.version', '=', 'policy.version'),
    )
    .select(['policy.version', 'quorum', 'text', 'proposed_index', 'start.entry_index as started_index'])
    .where('policy.network_id', '=', network)
    .orderBy('policy.version', 'desc')
    .execute()
  const inForce = rows.find((row) => row.started_index !== null)
  const [newest] = rows
  const complete = async (row: (typeof rows)[number] | undefined) =>
    row
      ? {
          version: row.version,
          quorum: row.quorum,
          text: row.text,
          proposedIndex: row.proposed_index,
          startedIndex: row.started_index,
          witnesses: await readWitnesses(db, network, row.version),
        }
      : null
  return {
    inForce: await complete(inForce),
    proposed: await complete(newest === inForce ? undefined : newest),
  }
}

async function readWitnesses(
  db: Pick<Db, 'selectFrom'>,
  network: NetworkId,
  version: number,
): Promise<PolicyWitness[]> {
  const rows = await db
    .selectFrom('ledger.witness')
    .select(['name', 'vkey', 'url', 'chain_address'])
    .where('network_id', '=', network)
    .where('version', '=', version)
    .orderBy(sql`name collate "C"`)
    .execute()
  return rows.map(({ name, vkey, url, chain_address: address }) => ({
    name,
    vkey,
    url,
    chainAddress: address && `0x${address.toString('hex')}`,
  }))
}
