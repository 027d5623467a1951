import {
  lockHead,
  postWithin,
  type Answer,
  type Command,
  type Ledger,
  type MerchantId,
  type NetworkId,
} from '../../ledger/index.ts'
import { recordAudit, type AuditSource } from '../audit/record.ts'
import { typeId } from '../http/ids.ts'
import type { Db, Tx } from '../tables.ts'
import { createTurns, type Turns } from '../turns.ts'

/** What the audit trail keeps of a posting, beside the transaction itself. */
export interface PostingEvent {
  readonly source: AuditSource
  readonly subjects: readonly string[]
  /** Whose owner may read it, where that is not the caller's own merchant. */
  readonly merchant?: MerchantId
  /** Also when somebody else had just posted it. */
  readonly evenReplayed?: boolean
}

/**
 * Posts what a person did: the posting and its event are in one transaction, so that neither is there without the other,
 * whatever breaks off. A replay leaves no second event, a refusal none. Others who post wait meanwhile: tills, which are
 * many and in a hurry, post by `post`, and the log itself names them.
 */
export async function postRecorded(
  { db, ledger }: { readonly db: Db; readonly ledger: Ledger },
  network: NetworkId,
  { command, event }: { readonly command: Command; readonly event: PostingEvent },
): Promise<Answer> {
  const key = await ledger.keyOf(network)
  return await inTurn({ db, network }, async (tx) => {
    // It also bounds how long a process that is cut off may hold up all others.
    await lockHead(tx, network)
    const answer = await postWithin({ tx, key }, network, command)
    if (answer.outcome === 'posted' || (answer.outcome === 'replayed' && event.evenReplayed === true)) {
      const { source, subjects, merchant } = event
      await recordAudit(tx, source, {
        subjects: [typeId('txn', answer.transaction), ...subjects],
        ...(merchant !== undefined && { merchant }),
      })
    }
    return answer
  })
}

/** Of the process's connections so many wait for heads at most, one for each: the others are for those who post. */
const turnsOfAll = createTurns(4)
const turnsOf = new Map<NetworkId, Turns>()

/** Runs a task that posts to a network within a transaction, when its turn comes. */
export async function inTurn<T extends {}>(
  { db, network }: { readonly db: Db; readonly network: NetworkId },
  task: (tx: Tx) => Promise<T>,
): Promise<T> {
  const turns = turnsOf.get(network) ?? createTurns(1)
  turnsOf.set(network, turns)
  const begin = async () => (await turnsOfAll.take(() => db.transaction().execute(task)))!
  return (await turns.take(begin))!
}
