import { z } from 'zod'
import { lockWallet, readWallet, type Wallet, type WalletId } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireCustomer, requireOneOf, type Access } from '../http/authenticate.ts'
import { id, integer, shownId, shownInteger, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Identity } from '../identity/identities.ts'
import type { Db } from '../tables.ts'
import type { WalletDirectory } from './store.ts'

const walletForShop = z.strictObject({
  available: integer().meta({ description: 'What it can spend now.' }),
  debt: integer().meta({
    description: 'What a reversal took beyond what was there; paid back by the next points.',
  }),
})

const walletForCustomer = walletForShop.extend({
  id: shownId('wal'),
  posted: integer(),
  held: integer(),
  locked: z.boolean().meta({ description: 'Locked by the customer against spending.' }),
  lots: z
    .array(
      z.strictObject({
        issuer: shownId('mer').meta({ description: 'The merchant that gave the points.' }),
        remaining: integer(),
        expires_at: shownTime().nullable(),
      }),
    )
    .meta({ description: 'In the order in which they are spent.' }),
})

const walletPath = z.strictObject({ id: id('wal') })

const getWallet = declareRoute({
  method: 'get',
  path: '/v1/wallets/{id}',
  operation: 'getWallet',
  tag: 'Wallet',
  summary: "Read a wallet: all of one's own; what it can spend, for tills and staff",
  who: ['customer', 'till', 'staff', 'operator'],
  params: walletPath,
  answers: { 200: { description: 'The wallet now.', schema: z.union([walletForCustomer, walletForShop]) } },
})

const putLock = declareRoute({
  method: 'put',
  path: '/v1/wallets/{id}/lock',
  operation: 'putWalletLock',
  tag: 'Wallet',
  summary: 'Lock the wallet against spending, or unlock it',
  who: ['customer'],
  params: walletPath,
  body: z.strictObject({ locked: z.boolean() }),
  answers: { 200: { description: 'As asked.', schema: z.strictObject({ locked: z.boolean() }) } },
})

/** `/v1/wallets`: customers their own, tills and staff those of their network. */
export function walletRoutes(
  routes: Routes,
  { access, db, wallets }: { access: Access; db: Db; wallets: WalletDirectory },
): void {
  routes.on(getWallet, async (req, res) => {
    const caller = await requireOneOf(access, req, ['customer', 'till', 'staff'])
    const { params } = getWallet.parse(req)
    const wallet = await readWallet(db, caller.network.id, await visibleWallet(wallets, caller, params.id))
    if (wallet === null) throw new Refusal('not_found')
    // Tills have identified the person before, and are on record for that.
    if (caller.kind === 'staff') {
      await recordAudit(db, auditSource(req), { subjects: [typeId('wal', params.id)] })
    }
    getWallet.answer(
      res,
      200,
      caller.kind === 'customer' ? presentForCustomer(wallet) : presentForShop(wallet),
    )
  })

  routes.on(putLock, async (req, res) => {
    const customer = await requireCustomer(access, req)
    const { params, body } = putLock.parse(req)
    const wallet = await visibleWallet(wallets, customer, params.id)
    await db.transaction().execute(async (tx) => {
      await lockWallet(tx, customer.network.id, wallet, body.locked)
      await recordAudit(tx, auditSource(req), { subjects: [typeId('wal', params.id)], changed: ['locked'] })
    })
    putLock.answer(res, 200, body)
  })
}

type WalletReader = Exclude<Identity, { kind: 'deployment operator' }>

async function visibleWallet(
  wallets: WalletDirectory,
  caller: WalletReader,
  wallet: string,
): Promise<WalletId> {
  if (caller.kind === 'customer') {
    if (caller.wallet.uuid !== wallet) throw new Refusal('not_found')
    return caller.wallet.id
  }
  const found = await wallets.find(caller.network.id, wallet)
  if (found === undefined) throw new Refusal('not_found')
  return found
}

function presentForShop({ available, debt }: Wallet): z.input<typeof walletForShop> {
  return { available: shownInteger(available), debt: shownInteger(debt) }
}

function presentForCustomer(wallet: Wallet): z.input<typeof walletForCustomer> {
  return {
    id: typeId('wal', wallet.uuid),
    ...presentForShop(wallet),
    posted: shownInteger(wallet.posted),
    held: shownInteger(wallet.held),
    locked: wallet.locked,
    lots: wallet.lots.map((lot) => ({
      issuer: typeId('mer', lot.issuer),
      remaining: shownInteger(lot.remaining),
      expires_at: lot.expiresAt && lot.expiresAt.toISOString(),
    })),
  }
}
