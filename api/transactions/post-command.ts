import type { Response } from 'express'
import { z } from 'zod'
import { post, type Command, type Ledger, type NetworkId, type Posted } from '../../ledger/index.ts'
import { integer, shownInteger } from '../http/fields.ts'
import { Refusal } from '../http/problems.ts'
import { isWithoutQr } from '../identifications/store.ts'
import { markReplayed } from '../http/routes.ts'
import { explainGuard } from '../qr/without-qr.ts'
import type { Db } from '../tables.ts'
import { postRecorded, type PostingEvent } from './post-recorded.ts'

/** A command for a network; with its event in the audit trail where a person gives it, not a till. */
interface Wanted {
  readonly network: NetworkId
  readonly command: Command
  readonly recorded?: { readonly db: Db; readonly event: PostingEvent } | undefined
}

/** Posts a command for a request: throws its refusal, marks the answer of a replay. */
export async function postCommand(
  ledger: Ledger,
  res: Response,
  { network, command, recorded }: Wanted,
): Promise<Posted> {
  const answer = recorded
    ? await postRecorded({ db: recorded.db, ledger }, network, { command, event: recorded.event })
    : await post(ledger, network, command)
  if (answer.outcome === 'refused') {
    const spent = 'qr' in command ? command.qr : undefined
    if (spent && isWithoutQr(spent)) {
      if (answer.code === 'qr_expired') throw new Refusal('identification_expired')
      if (answer.code === 'qr_already_used') {
        throw new Refusal('qr_already_used', {
          detail: 'This identification was used for a sale before. Identify the customer again.',
        })
      }
    }
    throw explainGuard(answer, ('counters' in command && command.counters) || [])
  }
  if (answer.outcome === 'replayed') markReplayed(res)
  return answer
}

/** The wallet in the answer of a posting. */
export const walletAfter = z.strictObject({
  available: integer().meta({ description: 'What the wallet could spend right after.' }),
})

/** The wallet right after `posted`: one in debt could spend nothing. */
export function presentWalletAfter({ availableAfter }: Posted): z.input<typeof walletAfter> {
  return { available: Math.max(0, shownInteger(availableAfter)) }
}
