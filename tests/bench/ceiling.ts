import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import type { Express, Request, Response, Router } from 'express'
import { requestsPerSecondDefault } from '../../api/config.ts'
import { readConfig } from '../../api/config.ts'
import { createAccess, requirePostingTill } from '../../api/http/authenticate.ts'
import { createLimit } from '../../api/http/limits.ts'
import { createRoutes, idempotencyKey } from '../../api/http/routes.ts'
import { purchaseRoutes } from '../../api/purchases/router.ts'
import { openSecret } from '../../api/secret.ts'
import type { ApiTables } from '../../api/tables.ts'
import { createWalletDirectory } from '../../api/wallets/store.ts'
import { createDb, createLedger, createPool, type LedgerTables } from '../../ledger/index.ts'
import { ceilingPath } from './paths.ts'

// Loaded before api/main.ts (`node --import`): the very same program then answers one more route, which authenticates
// the till, validates the body of a purchase and answers as much as a purchase does, but posts nothing. It stands
// behind all routes of the API, in the same router, so that nothing but the posting, the content for its key and the wallet's look-up is spared.

const config = readConfig()
const secret = await openSecret(config)
if (!config.databaseUrl) throw new Error('The bench gives its servers a DATABASE_URL.')
const pool = createPool(config.databaseUrl, {
  role: 'tally_api',
  max: 2,
  applicationName: 'tallystick bench ceiling',
  onIdleError: () => {},
})

type CreateServer = (...given: unknown[]) => http.Server
const createServer = http.createServer as CreateServer
const createServerWithCeiling: CreateServer = (...given) => {
  addCeiling(given.at(-1) as Express)
  return createServer(...given)
}
http.createServer = createServerWithCeiling as typeof http.createServer
syncBuiltinESMExports()

function addCeiling(app: Express): void {
  // What it takes to know a till; the sessions of people are none of the bench's business.
  const parts = {
    db: createDb<ApiTables & LedgerTables>(pool),
    now: () => new Date(),
    requestLimit: createLimit(requestsPerSecondDefault, 1),
    refusedLimit: createLimit(100, 60),
  }
  const { db } = parts
  const access = createAccess(parts as Parameters<typeof createAccess>[0])
  const routes = createRoutes()
  purchaseRoutes(routes, {
    access,
    db,
    wallets: createWalletDirectory(db),
    ledger: createLedger({ pool, secret }),
  })
  const [purchase] = routes.declared
  if (purchase?.shape.path !== '/v1/purchases') throw new Error('The route of purchases is not where it was.')

  const answer = async (req: Request, res: Response): Promise<void> => {
    res.locals['route'] = ceilingPath
    await requirePostingTill(access, req)
    idempotencyKey(req)
    const { amount_minor } = purchase.parse(req).body as { amount_minor: bigint }
    purchase.answer(res, 201, {
      transaction: 'txn_01h455vb4pex5vsknk084sn02q',
      points: Number(amount_minor / 100n),
      redeemed_points: 0,
      to_pay_minor: Number(amount_minor),
      wallet: { available: 1234 },
    } as never)
  }
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 forwards rejections
  routerOf(app, purchase.shape.path).post(ceilingPath, answer)
}

/** The router of the application that has a route. */
function routerOf(app: Express, path: string): Router {
  const routers = app.router.stack.map(({ handle }) => handle as unknown as Partial<Router>)
  const found = routers.find(({ stack }) => stack?.some(({ route }) => route?.path === path))
  if (!found) throw new Error(`The application has no route ${path}.`)
  return found as Router
}
