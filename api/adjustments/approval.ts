import type { Ledger, Posted } from '../../ledger/index.ts'
import type { AuditSource } from '../audit/record.ts'
import { typeId } from '../http/ids.ts'
import { Refusal, refusalOf } from '../http/problems.ts'
import type { StaffIdentity } from '../identity/identities.ts'
import { pointsExpiry } from '../rules/points-expiry.ts'
import type { Db } from '../tables.ts'
import { writeContent } from '../transactions/content.ts'
import { postRecorded } from '../transactions/post-recorded.ts'
import {
  approveAdjustment,
  finishAdjustment,
  hasSecondPerson,
  reopenAdjustment,
  takesOfOthers,
  wasMember,
  type Adjustment,
} from './store.ts'

/**
 * Whether `approver` may be the second person: an owner or manager of the shop who did not ask; the operator where the
 * shop has nobody else, and where it would take what other shops gave, for which they would have to pay it. Whoever joined
 * since it was asked for may be the asker under another name. Refuses `same_person`, `forbidden`.
 */
export async function demandSecondPerson(
  db: Db,
  approver: StaffIdentity,
  adjustment: Adjustment,
): Promise<void> {
  const { asked_by: asker, asked_at: askedAt, approved_by: approvedBy, merchant_id: merchant } = adjustment
  if (approver.person === asker) throw new Refusal('same_person')
  if (!(await wasMember(db, approver, askedAt))) {
    throw new Refusal('forbidden', {
      detail: 'You joined after this was asked for. Ask somebody who was here then, or ask for it again.',
    })
  }
  const isOfShop = approver.role === 'owner' || approver.role === 'manager'
  if (!isOfShop && approver.role !== 'operator') throw new Refusal('forbidden')
  // Sent again: what it took is not in the wallet any more.
  if (approvedBy === approver.person) return
  if (approvedBy === null && (await takesOfOthers(db, approver.network.id, adjustment))) {
    if (!isOfShop) return
    throw new Refusal('forbidden', {
      detail:
        'It takes more than what the customer still has of this shop’s points. Ask the network’s operator to approve it.',
    })
  }
  if (isOfShop) return
  if (await hasSecondPerson(db, approver.network.id, { merchant, asker, askedAt })) {
    throw new Refusal('forbidden', {
      detail: 'The shop has a second owner or manager. Ask them to approve it.',
    })
  }
}

/**
 * Posts the correction once, however often and by whomever it is approved: its key in the ledger is its own. What the
 * ledger refuses waits for approval again.
 */
export async function postAdjustment(
  { db, ledger, audit }: { db: Db; ledger: Ledger; audit: AuditSource },
  approver: StaffIdentity,
  { adjustment, now }: { adjustment: Adjustment; now: Date },
): Promise<Posted> {
  const network = approver.network.id
  const { uuid, merchant_id: merchant, wallet_id: wallet, points, reason } = adjustment
  const approvedBy = await approveAdjustment(db, network, { uuid, by: approver })
  const command = {
    kind: 'adjust' as const,
    // No header can hold a control character, so this key is nobody else's.
    key: { scope: merchant, value: `\u0001adjustment ${uuid}` },
    content: writeContent('adjustment', { uuid }),
    credential: adjustment.asked_credential_id,
    approvedBy,
    merchant,
    wallet,
    points,
    expiresAt: points > 0n ? await pointsExpiry(db, approver.network, now) : null,
    reason,
  }
  const event = {
    source: audit,
    subjects: [typeId('adj', uuid)],
    merchant,
    // Of two who approve at the same moment either posts it: both are on record.
    evenReplayed: adjustment.approved_by === null,
  }
  const posted = await postRecorded({ db, ledger }, network, { command, event })
  if (posted.outcome === 'refused') {
    await reopenAdjustment(db, network, uuid)
    throw posted.code === 'credential_revoked' ? new Refusal('asker_left') : refusalOf(posted)
  }
  await finishAdjustment(db, network, { uuid, by: approver, transaction: posted.transaction })
  return posted
}
