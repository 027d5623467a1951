import type { Ledger } from '../../ledger/index.ts'
import type { AuditSource } from '../audit/record.ts'
import { Refusal } from '../http/problems.ts'
import type { CustomerIdentity } from '../identity/identities.ts'
import type { Db } from '../tables.ts'
import { beginMove } from '../transactions/begun-move-store.ts'
import { moveSale, type Move } from '../transactions/move.ts'
import { ownCredential } from '../transactions/own-credential.ts'
import { findClaim, giveBackClaim, listWaiting, takeClaim, type ShownCode } from './store.ts'

/** What came of a code. */
export interface Collected {
  readonly points: bigint
  /** Purchases that could not be moved now. */
  readonly waiting: number
}

/**
 * Records what waits under the code anew for the customer. The code is taken together with writing down all that is to be
 * moved: what is cut off is finished in the background. Where nothing could be moved the first reason is thrown, and the
 * code given back if it was taken just now: one that gave points before stays theirs, also after its 30 days.
 */
export async function collectClaim(
  { db, ledger, audit }: { readonly db: Db; readonly ledger: Ledger; readonly audit: AuditSource },
  customer: CustomerIdentity,
  code: ShownCode,
): Promise<Collected> {
  const to = customer.wallet
  const claim = await findClaim(db, customer, code)
  if (claim === undefined) throw codeWrong()
  const { network, merchant } = claim
  // Not the till's, which may be gone by now; and purchases may be older than a till may record.
  const credential = await ownCredential(db, network, { kind: 'import', merchant })
  const { isNew, moves } = await db.transaction().execute(async (tx) => {
    const had = await takeClaim(tx, claim, to.id, code.now)
    if (had === 'gone') throw codeWrong()
    const waiting = await listWaiting(tx, claim)
    const begun = waiting.map(({ target, refundsUntil }): Move => {
      const reason = 'Collected with the code of the receipt'
      const key = keyOf({ target, refundsUntil })
      const head = { network, merchant, credential, staff: null, key }
      // What was spent of it meanwhile is the shop's doing, not the customer's.
      return { ...head, target, to, reason, refundsUntil, mayLeaveDebt: true }
    })
    for (const move of begun) await beginMove(tx, move)
    return { isNew: had === 'taken', moves: begun }
  })
  const refusals: Refusal[] = []
  let points = 0n
  for (const move of moves) {
    try {
      points += (await moveSale({ db, ledger, audit }, move)).points
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refusals.push(error)
    }
  }
  const [first] = refusals
  if (first !== undefined && refusals.length === moves.length) {
    if (isNew) await giveBackClaim(db, claim, to.id)
    throw explain(first)
  }
  return { points, waiting: refusals.length }
}

/**
 * No header can hold a control character, so these keys are no shop's. What was taken back because of a refund at the
 * same moment is tried again under another.
 */
function keyOf({ target, refundsUntil }: Pick<Move, 'target' | 'refundsUntil'>): string {
  return `\u0001claim ${target} ${refundsUntil ?? 'whole'}`
}

function codeWrong(): Refusal {
  return new Refusal('code_wrong', {
    detail: 'No points wait under this code: it was used, is too old, or is another. Ask in the shop.',
  })
}

/** Why nothing could be collected, in words for a customer: those of a move are a shop's. */
function explain(refusal: Refusal): Refusal {
  if (refusal.code === 'not_reversible') return changedMeanwhile()
  return refusal.code === 'issuing_limit_reached' ? shopGivesNoMore() : refusal
}

function shopGivesNoMore(): Refusal {
  return new Refusal('issuing_limit_reached', {
    detail:
      'The shop may give no more points for now. The code stays good: tell the shop, and send it again once they say ' +
      'that they can.',
  })
}

function changedMeanwhile(): Refusal {
  return new Refusal('not_reversible', {
    detail: 'The shop changed the sale at this very moment. Send the code again.',
  })
}
