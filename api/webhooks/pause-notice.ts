import type { Uuid } from '../../ledger/index.ts'
import { typeId } from '../http/ids.ts'
import type { SendMail } from '../mail/mailer.ts'
import type { Db } from '../tables.ts'
import type { PauseReason } from './tables.ts'

const reasons: Readonly<Record<PauseReason, string>> = {
  asked: 'You asked for it.',
  failing: 'It has not taken a message for three days.',
  gone: 'It answered 410 Gone.',
}

/** Tells whoever made an endpoint that it is paused, and what to do. */
export async function sendPauseNotice(
  { db, sendMail }: { readonly db: Db; readonly sendMail: SendMail },
  { webhook, by, pause }: { readonly webhook: Uuid; readonly by: Uuid; readonly pause: PauseReason },
): Promise<void> {
  const person = await db.selectFrom('api.person').select('email').where('uuid', '=', by).executeTakeFirst()
  if (person === undefined) return
  const id = typeId('whk', webhook)
  await sendMail({
    to: person.email,
    subject: 'A webhook endpoint is paused',
    text:
      `Your webhook endpoint ${id} is paused. ${reasons[pause]}\n\n` +
      `Nothing is lost: repair it, look at its attempts with GET /v1/webhooks/${id}/deliveries, and let it go on ` +
      `with PATCH /v1/webhooks/${id} {"paused": false}. It then gets everything that it missed, in order.\n`,
  })
}
