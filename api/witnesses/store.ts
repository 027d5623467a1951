import {
  proposeWitnessPolicy,
  readWitnessPolicies,
  type CredentialId,
  type NetworkId,
  type PolicyWitness,
  type WitnessPolicies,
} from '../../ledger/index.ts'
import { recordAudit, type AuditSource } from '../audit/record.ts'
import { typeId } from '../http/ids.ts'
import type { Db } from '../tables.ts'

/** Proposes who is to co-sign; answers what counts then and what waits. */
export async function proposeWitnesses(
  db: Db,
  {
    network,
    by,
    audit,
  }: {
    readonly network: { readonly id: NetworkId; readonly uuid: string }
    readonly by: CredentialId
    readonly audit: AuditSource
  },
  wish: { readonly quorum: number; readonly witnesses: readonly PolicyWitness[] },
): Promise<WitnessPolicies> {
  return await db.transaction().execute(async (tx) => {
    await proposeWitnessPolicy(tx, network.id, { ...wish, by })
    await recordAudit(tx, audit, {
      subjects: [typeId('net', network.uuid)],
      changed: ['witnesses', 'quorum'],
    })
    return await readWitnessPolicies(tx, network.id)
  })
}
