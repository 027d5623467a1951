import express, { type Response, type Router } from 'express'
import { z } from 'zod'
import {
  formatNote,
  hashBytes,
  noteOf,
  parseTilePath,
  ProofError,
  readCheckpoint,
  readTilesOf,
  readWitnessPolicies,
  withCosignatures,
  type Tile,
} from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { inStrangersTurn } from '../http/strangers.ts'
import { slug } from '../networks/fields.ts'
import type { Db } from '../tables.ts'
import { demandLog } from './store.ts'

const tag = 'Log'
const params = z.strictObject({ network: slug })

const checkpointRoute = declareRoute({
  method: 'get',
  path: '/log/{network}/checkpoint',
  operation: 'readCheckpoint',
  tag,
  summary: 'Read the newest checkpoint of the log',
  description:
    'Size and root of the log, signed by it, with the co-signatures of witnesses so far (https://c2sp.org/tlog-checkpoint). ' +
    'The tree behind it is at `/log/{network}/tile/…` as https://c2sp.org/tlog-tiles says: hash tiles only, since entries are ' +
    'not public. 404 while nothing is signed.',
  who: ['anyone'],
  params,
  answers: { 200: { description: 'A signed note.', media: 'text/plain' } },
})

const policyRoute = declareRoute({
  method: 'get',
  path: '/log/{network}/policy',
  operation: 'readPolicy',
  tag,
  summary: 'Read whose signatures the log says it has',
  description:
    'The log’s key, its witnesses and their quorum (https://c2sp.org/tlog-policy). Get it from somebody you trust as well: a log ' +
    'can name its own witnesses.',
  who: ['anyone'],
  params,
  answers: { 200: { description: 'A policy.', media: 'text/plain' } },
})

/** What everyone may read of a log: its newest checkpoint and its policy. */
export function logRoutes(
  routes: Routes,
  { db, publicUrl }: { db: Db; publicUrl: string | undefined },
): void {
  routes.on(checkpointRoute, async (req, res) => {
    const { params } = checkpointRoute.parse(req)
    const note = await inStrangersTurn(async () => {
      const log = await demandLog(db, params.network)
      const newest = await readCheckpoint(db, log)
      if (!newest) throw new Refusal('not_found')
      return await withCosignatures(db, log, noteOf(log, newest))
    })
    openToAll(res).set('Cache-Control', 'public, max-age=1').type('text/plain').send(formatNote(note))
  })

  routes.on(policyRoute, async (req, res) => {
    const { params } = policyRoute.parse(req)
    const { log, inForce } = await inStrangersTurn(async () => {
      const found = await demandLog(db, params.network)
      return { log: found, ...(await readWitnessPolicies(db, found.network)) }
    })
    const url = publicUrl === undefined ? '' : ` ${publicUrl}/log/${params.network}`
    openToAll(res)
      .set('Cache-Control', 'public, max-age=60')
      .type('text/plain')
      .send(`log ${log.vkey}${url}\n${inForce?.text ?? 'quorum none\n'}`)
  })
}

/** `/log/{network}/tile/…`: files, in effect, and so not among the routes of the document. */
export function tileRoutes(db: Db): Router {
  const router = express.Router({ caseSensitive: true, strict: true })
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 forwards rejections
  router.get('/log/:network/tile/*path', async (req, res) => {
    res.locals['route'] = '/log/{network}/tile/…'
    const { network, path } = req.params
    const tile = readPath(path)
    const { log, hashes } = await inStrangersTurn(async () => {
      const found = await demandLog(db, network)
      const [read] = await readTilesOf(db, found)([tile])
      return { log: found, hashes: read }
    })
    // Beyond the newest checkpoint there is nothing yet.
    if (hashes?.length !== tile.width * hashBytes) throw new Refusal('not_found')
    // After a recovery the same address has another log's tile; before, it never changes.
    const caching = log.generation === 1 ? 'public, max-age=31536000, immutable' : 'no-cache'
    openToAll(res).set('Cache-Control', caching).type('application/octet-stream').send(Buffer.from(hashes))
  })
  return router
}

function readPath(path: readonly string[]): Tile {
  try {
    return parseTilePath(`tile/${path.join('/')}`)
  } catch (error) {
    if (error instanceof ProofError) throw new Refusal('not_found')
    throw error
  }
}

/** Pages of any origin may read it: it is public, and checked by whoever reads. */
function openToAll(res: Response): Response {
  return res.set({ 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' })
}
