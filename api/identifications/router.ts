import { z } from 'zod'
import { isQrSpent, readWallet, type Ledger } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { cardNumber } from '../cards/number.ts'
import { phone } from '../customers/fields.ts'
import { readShopHistories } from '../customers/shop-view.ts'
import { requireTill, type Access } from '../http/authenticate.ts'
import { email, integer, shownId, shownInteger, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { TillIdentity } from '../identity/identities.ts'
import type { Lookups } from './lookups.ts'
import { qrTextLengthMax } from '../qr/read-qr.ts'
import { readLeftWithoutQr } from '../qr/without-qr.ts'
import type { Db } from '../tables.ts'
import { isBirthdayWeek } from './birthday-week.ts'
import { readPerson } from './person.ts'
import { beginIdentification, identificationLifetimeSeconds, type Shown } from './store.ts'
import { findShown } from './who.ts'

const postIdentification = declareRoute({
  method: 'post',
  path: '/v1/identifications',
  operation: 'postIdentification',
  tag: 'Points',
  summary: 'Ask who stands at the till',
  description:
    'Spends the QR: from here on only the `identification` stands for it, at this till, for ten minutes and one sale. ' +
    'By e-mail, phone or card a customer is identified for receiving points; a card takes points only where the ' +
    "network's `card_pays` says so; beyond that the network may allow so many points a day. Visits are those in this shop.",
  who: ['till'],
  body: z
    .strictObject({
      qr: z.string().min(1).max(qrTextLengthMax).optional(),
      email: email().optional(),
      phone: phone().optional(),
      card: cardNumber().optional(),
    })
    .refine((body) => Object.values(body).filter((value) => value !== undefined).length === 1, {
      error: 'needs exactly one of qr, email, phone and card',
    }),
  answers: {
    201: {
      description: 'Identified.',
      schema: z.strictObject({
        identification: shownId('idn').meta({ description: 'Send it with the sale.' }),
        wallet: shownId('wal'),
        person: z.strictObject({
          name: z.string().nullable(),
          visits: integer().meta({ description: 'Days with a sale in this shop.' }),
          since: z.iso.date().nullable(),
          last_visit: z.iso.date().nullable(),
          birthday_week: z
            .boolean()
            .optional()
            .meta({ description: 'Left out where the customer did not tell a birthday.' }),
        }),
        available: integer().meta({ description: 'What the wallet can spend now, unless it is `locked`.' }),
        locked: z
          .boolean()
          .meta({ description: 'Its owner locked it: nothing can be spent until they unlock it.' }),
        may_take: z.boolean().meta({
          description: 'Whether it counts for taking points: a QR, or a card where the network says so.',
        }),
        take_points_max: integer().meta({
          description:
            'How many points may be taken with it now: `available`, or without `may_take` what of it the network’s ' +
            '`redeem_without_qr_daily_max` leaves for today, for this wallet and this till; 0 of a `locked` one.',
        }),
        expires_at: shownTime(),
      }),
    },
  },
  refusals: [
    'qr_already_used',
    'qr_device_removed',
    'qr_expired',
    'qr_not_genuine',
    'qr_not_yet_valid',
    'qr_unreadable',
  ],
})

/** `POST /v1/identifications`, for tills. */
export function identificationRoutes(
  routes: Routes,
  { access, db, ledger, lookups }: { access: Access; db: Db; ledger: Ledger; lookups: Lookups },
): void {
  routes.on(postIdentification, async (req, res) => {
    const till = await requireTill(access, req)
    const { body } = postIdentification.parse(req)
    const now = access.now()
    // Before looking: above the limit members and others are answered alike. Whoever shows a QR is not looked for.
    if (body.qr === undefined) await lookups.consume(till)
    const shown = await findShown(db, till, { told: body, now })
    // A till may find as many as come; but one card's number is soon made from another, so those count at the till too.
    if (body.card !== undefined) await lookups.giveBackCard(till)
    else if (body.qr === undefined) await lookups.giveBack(till)
    // Whoever was in a sale may be gone: the same QR says nothing of who stands here now.
    if (shown.qrId !== null && (await isQrSpent(ledger, till.network.id, shown.qrId))) {
      throw new Refusal('qr_already_used')
    }
    const identification = await beginIdentification(db, till, { shown, now })
    if (shown.means !== 'qr') {
      // A QR is shown by the person; of anything else it is on record who asked.
      await recordAudit(db, auditSource(req), { subjects: [typeId('idn', identification)] })
    }
    const described = await describe(db, till, { shown, now })
    postIdentification.answer(res, 201, {
      identification: typeId('idn', identification),
      ...described,
      expires_at: new Date(now.getTime() + identificationLifetimeSeconds * 1000).toISOString(),
    })
  })
}

async function describe(db: Db, till: TillIdentity, { shown, now }: { shown: Shown; now: Date }) {
  const { network, merchant } = till
  const { wallet, mayTake } = shown
  const [person, historyOf, balance, left] = await Promise.all([
    readPerson(db, network.id, wallet),
    readShopHistories(db, network.id, { wallets: [wallet], merchant: merchant.id }),
    readWallet(db, network.id, wallet),
    mayTake ? null : readLeftWithoutQr(db, till, wallet),
  ])
  if (balance === null) throw new Refusal('not_found')
  const { birthday } = person
  const { available, locked } = balance
  const takeable = left === null || left > available ? available : left
  const history = historyOf(wallet)
  return {
    wallet: typeId('wal', balance.uuid),
    person: {
      name: person.name,
      visits: history.visits,
      since: history.since,
      last_visit: history.lastVisit,
      ...(birthday !== null && { birthday_week: isBirthdayWeek(birthday, now, network.timeZone) }),
    },
    available: shownInteger(available),
    locked,
    may_take: mayTake,
    take_points_max: locked ? 0 : shownInteger(takeable),
  }
}
