import { z } from 'zod'
import { actorOf } from '../audit/actor.ts'
import { auditSource } from '../audit/record.ts'
import { forgetTillKeys, type Access } from '../http/authenticate.ts'
import { entered, id, shownId, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { addressKey, createLimit, limitRequest } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { CreateSharedLimit } from '../http/shared-limit.ts'
import { inStrangersTurn } from '../http/strangers.ts'
import type { StaffIdentity } from '../identity/identities.ts'
import { createTillKey } from '../identity/till-keys.ts'
import { readOwnMerchant } from '../merchants/router.ts'
import type { Db } from '../tables.ts'
import { beginPairing, findLiveTill, pairTill, rotateTillKey } from './key-store.ts'
import { pairingMinutesMax, type PairingCodes } from './pairing-code.ts'
import { requireTillKeeper } from './router.ts'

const tag = 'Tills'
const overlapHoursMax = 7 * 24

const postRotation = declareRoute({
  method: 'post',
  path: '/v1/merchants/{id}/tills/{till}/rotate',
  operation: 'rotateTillKey',
  tag,
  summary: 'Give a till a new key; the old one goes on for a while',
  who: ['operator', 'staff'],
  params: z.strictObject({ id: id('mer'), till: id('til') }),
  body: z.strictObject({
    overlap_hours: z.int().min(0).max(overlapHoursMax).default(24).meta({
      description: 'How long the old key is good; 0: it ends at once, at the latest after 5 seconds.',
    }),
  }),
  answers: {
    200: {
      description: 'The new key, shown this once.',
      schema: z.strictObject({
        id: shownId('til'),
        key: z.string(),
        previous_key_until: shownTime(),
      }),
    },
  },
})

const postPairing = declareRoute({
  method: 'post',
  path: '/v1/tills/{id}/pairings',
  operation: 'beginPairing',
  tag,
  summary: 'Get a code that makes a tablet this till',
  description: 'Whoever enters the code gets a new key of the till; the key it had ends then.',
  who: ['operator', 'staff'],
  params: z.strictObject({ id: id('til') }),
  answers: {
    201: {
      description: `The code, good once and for ${pairingMinutesMax} minutes.`,
      schema: z.strictObject({ code: z.string(), expires_at: shownTime() }),
    },
  },
})

const postPairedTablet = declareRoute({
  method: 'post',
  path: '/v1/pairings',
  operation: 'pairTablet',
  tag,
  summary: 'Enter the code on the tablet: it becomes the till',
  who: ['anyone'],
  body: z.strictObject({ code: entered(8, 20) }),
  answers: {
    201: {
      description: 'The till and its key, shown this once.',
      schema: z.strictObject({ id: shownId('til'), name: z.string(), key: z.string() }),
    },
  },
  refusals: ['code_wrong'],
})

interface Parts {
  readonly access: Access
  readonly db: Db
  readonly now: () => Date
  readonly codes: PairingCodes
  readonly createSharedLimit: CreateSharedLimit
}

/** Keys of tills: rotated with an overlap, or given to a tablet by a code. */
export function tillKeyRoutes(routes: Routes, parts: Parts): void {
  const { access, db, now, codes } = parts
  const tries = { count: 30, seconds: 15 * 60 }
  // Anyone may ask: a flood is stopped before it reaches the database.
  const flood = createLimit(tries.count, tries.seconds)
  const codesFromAddress = parts.createSharedLimit('pairing codes by address', tries)

  routes.on(postRotation, async (req, res) => {
    const staff = await requireTillKeeper(access, req)
    const { params, body } = postRotation.parse(req)
    const { merchant_id: merchant } = await readOwnMerchant(db, staff, params.id)
    const key = createTillKey()
    const overlapEnd = new Date(now().getTime() + body.overlap_hours * 60 * 60_000)
    await rotateTillKey(db, actorOf(req, staff), { merchant, till: params.till, key, overlapEnd })
    forgetTillKeys(access, params.till)
    const previous = overlapEnd.toISOString()
    postRotation.answer(res, 200, { id: typeId('til', params.till), key, previous_key_until: previous })
  })

  routes.on(postPairing, async (req, res) => {
    const staff = await requireTillKeeper(access, req)
    const { params } = postPairing.parse(req)
    const { merchant_id: merchant } = await findOwnTill(db, staff, params.id)
    const code = codes.create()
    const expiresAt = new Date(now().getTime() + pairingMinutesMax * 60_000)
    const pairing = { till: params.id, merchant, codeHash: codes.hash(code), expiresAt }
    await beginPairing(db, actorOf(req, staff), pairing)
    postPairing.answer(res, 201, { code, expires_at: expiresAt.toISOString() })
  })

  routes.on(postPairedTablet, async (req, res) => {
    await flood.consume(addressKey(req))
    const key = createTillKey()
    const paired = await inStrangersTurn(async () => {
      await limitRequest(codesFromAddress, res, addressKey(req))
      const { body } = postPairedTablet.parse(req)
      return await pairTill(db, auditSource(req), { codeHash: codes.hash(body.code), key, now: now() })
    })
    forgetTillKeys(access, paired.till)
    postPairedTablet.answer(res, 201, { id: typeId('til', paired.till), name: paired.name, key })
  })
}

async function findOwnTill(db: Db, staff: StaffIdentity, till: string) {
  const found = await findLiveTill(db, staff.network.id, till)
  if (staff.merchant !== null && staff.merchant.uuid !== found.merchant) throw new Refusal('not_found')
  return found
}
