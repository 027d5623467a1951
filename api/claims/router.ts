import { z } from 'zod'
import type { Ledger } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireCustomer, requireTill, type Access } from '../http/authenticate.ts'
import { entered, integer, shownId, shownInteger, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { CreateSharedLimit } from '../http/shared-limit.ts'
import type { Db } from '../tables.ts'
import type { PairingCodes } from '../tills/pairing-code.ts'
import { collectClaim } from './collect.ts'
import { openClaim } from './store.ts'

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
    'The purchases are recorded anew for the customer, by the rule of their day and with what was refunded of them, and so ' +
    'can be refunded like any other. A request that got no answer is finished within a minute all the same. The same code ' +
    'again, by the same customer, collects what came since, or could not be collected before; where all of it is refused, ' +
    'the code stays as good as it was.',
  who: ['customer'],
  body: z.strictObject({ code: entered(8, 20) }),
  answers: {
    201: {
      description: 'Collected.',
      schema: z.strictObject({
        points: integer(),
        waiting: integer().meta({ description: 'Purchases that could not be collected now.' }),
      }),
    },
  },
  refusals: [
    'amount_out_of_range',
    'code_wrong',
    'credential_revoked',
    'issuing_limit_reached',
    'merchant_left',
    'not_reversible',
    'occurred_at_out_of_range',
    'rule_missing',
    'wallet_closed',
  ],
})

interface Parts {
  readonly access: Access
  readonly db: Db
  readonly ledger: Ledger
  readonly codes: PairingCodes
  readonly createSharedLimit: CreateSharedLimit
}

/** `/v1/claims`: tills open them, customers collect them. */
export function claimRoutes(routes: Routes, parts: Parts): void {
  const { access, db, ledger, codes } = parts
  const tries = parts.createSharedLimit('receipt codes', {
    count: 20,
    seconds: 60 * 60,
    detail: 'Too many codes were tried. Wait as many seconds as Retry-After says.',
  })

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
    const shown = { codeHash: codes.hash(body.code), now: access.now() }
    const audit = auditSource(req)
    const { points, waiting } = await collectClaim({ db, ledger, audit }, customer, shown)
    await recordAudit(db, audit, { subjects: [typeId('wal', customer.wallet.uuid)] })
    postCollection.answer(res, 201, { points: shownInteger(points), waiting })
  })
}
