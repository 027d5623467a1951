import { z } from 'zod'
import type { Ledger } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireCustomer, requireTill, type Access } from '../http/authenticate.ts'
import { integer, shownId, shownInteger, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { createLimit } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Db } from '../tables.ts'
import type { PairingCodes } from '../tills/pairing-code.ts'
import { moveSale } from '../transactions/move.ts'
import { ownCredential } from '../transactions/own-credential.ts'
import { listWaiting, openClaim, takeClaim } from './store.ts'

/** How long a receipt's code is good. */
export const claimDays = 30

const postClaim = declareRoute({
  method: 'post',
  path: '/v1/claims',
  operation: 'openClaim',
  tag: 'Claims',
  summary: 'Sell to somebody who is no customer yet: a wallet that waits, and the code for the receipt',
  description:
    'Record the purchase for the `wallet`, and print the `code`, or the address of the wallet app with it ' +
    '(`/wallet/join/{network}#claim={code}`). Whoever joins collects the points with it.',
  who: ['till'],
  answers: {
    201: {
      description: 'The code, which is shown this once.',
      schema: z.strictObject({ wallet: shownId('wal'), code: z.string(), expires_at: shownTime() }),
    },
  },
})

const postCollection = declareRoute({
  method: 'post',
  path: '/v1/claims/collections',
  operation: 'collectClaim',
  tag: 'Claims',
  summary: 'Collect the points of a receipt with its code',
  description:
    'The purchases are recorded anew for the customer, by the rule of their day, and so can be refunded like any other. The ' +
    'same code again, by the same customer, collects what came since.',
  who: ['customer'],
  body: z.strictObject({ code: z.string().min(8).max(20) }),
  answers: {
    201: { description: 'Collected.', schema: z.strictObject({ points: integer() }) },
  },
  refusals: ['code_wrong'],
})

interface Parts {
  readonly access: Access
  readonly db: Db
  readonly ledger: Ledger
  readonly codes: PairingCodes
}

/** `/v1/claims`: tills open them, customers collect them. */
export function claimRoutes(routes: Routes, { access, db, ledger, codes }: Parts): void {
  const tries = createLimit(
    20,
    60 * 60,
    'Too many codes were tried. Wait as many seconds as Retry-After says.',
  )

  routes.on(postClaim, async (req, res) => {
    const { network, till } = await requireTill(access, req)
    const code = codes.create()
    const expiresAt = new Date(access.now().getTime() + claimDays * 24 * 60 * 60 * 1000)
    const wallet = await db.transaction().execute(async (tx) => {
      const opened = await openClaim(tx, network.id, { till, codeHash: codes.hash(code), expiresAt })
      await recordAudit(tx, auditSource(req), { subjects: [typeId('wal', opened)] })
      return opened
    })
    postClaim.answer(res, 201, {
      wallet: typeId('wal', wallet),
      code,
      expires_at: expiresAt.toISOString(),
    })
  })

  routes.on(postCollection, async (req, res) => {
    const customer = await requireCustomer(access, req)
    await tries.consume(customer.wallet.uuid)
    const { body } = postCollection.parse(req)
    const claim = await takeClaim(db, customer, { codeHash: codes.hash(body.code), now: access.now() })
    if (claim === undefined) {
      throw new Refusal('code_wrong', {
        detail: 'No points wait under this code: it was used, is too old, or is another. Ask in the shop.',
      })
    }
    const { network, merchant } = claim
    const to = customer.wallet
    // Not the till's, which may be gone by now; and purchases may be older than a till may record.
    const credential = await ownCredential(db, network, { kind: 'import', merchant })
    let points = 0n
    for (const target of await listWaiting(db, claim)) {
      const moved = await moveSale(
        { db, ledger },
        {
          network,
          merchant,
          credential,
          staff: null,
          key: `claim ${target}`,
          target,
          to,
          reason: 'Collected with the code of the receipt',
        },
      )
      points += moved.made.points
    }
    await recordAudit(db, auditSource(req), { subjects: [typeId('wal', to.uuid)] })
    postCollection.answer(res, 201, { points: shownInteger(points) })
  })
}
