import { uuidv7 } from 'uuidv7'
import {
  recordEnrolmentBonus,
  registerCredential,
  type CredentialId,
  type NetworkId,
  type Points,
} from '../../ledger/index.ts'
import { recordAudit, type AuditSource } from '../audit/record.ts'
import type { ActingNetwork } from '../identity/identities.ts'
import type { Db, Tx } from '../tables.ts'
import { waitForOtherRules } from './store.ts'

/** What whoever joins is given. */
export interface EnrolmentBonus {
  /** 0: nothing. */
  readonly points: Points
  /** Null: they never expire. */
  readonly expiresAfterMonths: number | null
}

/** All versions, the newest first; the newest counts for whoever joins now. */
export async function listEnrolmentBonuses(db: Db | Tx, network: NetworkId) {
  return await db
    .selectFrom('api.enrolment_bonus')
    .select(['version', 'points', 'expires_after_months as expiresAfterMonths'])
    .select(['credential_id as credential', 'created_at as createdAt'])
    .where('network_id', '=', network)
    .orderBy('version', 'desc')
    .execute()
}

/** One version of the bonus. */
export type EnrolmentBonusVersion = Awaited<ReturnType<typeof listEnrolmentBonuses>>[number]

/** Adds a version; the same again is the version that is there. It never touches what somebody has or is owed. */
export async function setEnrolmentBonus(
  db: Db,
  network: ActingNetwork,
  made: EnrolmentBonus & { readonly by: CredentialId; readonly audit: AuditSource },
): Promise<{ bonus: EnrolmentBonusVersion; added: boolean }> {
  return await db.transaction().execute(async (tx) => {
    await waitForOtherRules(tx, network)
    const [newest] = await listEnrolmentBonuses(tx, network.id)
    const { points, expiresAfterMonths } = made
    if (newest?.points === points && newest.expiresAfterMonths === expiresAfterMonths) {
      return { bonus: newest, added: false }
    }
    const credential = newest?.credential ?? (await registerNetwork(tx, network.id, made.by))
    const version = (newest?.version ?? 0) + 1
    const said = { version, points, expiresAfterMonths, by: made.by }
    const entry = await recordEnrolmentBonus(tx, network.id, said)
    const { created_at: createdAt } = await tx
      .insertInto('api.enrolment_bonus')
      .values({
        network_id: network.id,
        version,
        points,
        expires_after_months: expiresAfterMonths,
        credential_id: credential,
        entry_index: entry,
      })
      .returning('created_at')
      .executeTakeFirstOrThrow()
    await recordAudit(tx, made.audit, { subjects: [], changed: ['enrolment_bonus'] })
    return { bonus: { version, points, expiresAfterMonths, credential, createdAt }, added: true }
  })
}

/** The network as one that posts: its bonuses are in nobody's name but its own. */
async function registerNetwork(tx: Tx, network: NetworkId, by: CredentialId): Promise<CredentialId> {
  return await registerCredential(tx, network, { uuid: uuidv7(), kind: 'network', merchant: null, by })
}
