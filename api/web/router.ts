import { randomBytes } from 'node:crypto'
import express, { type Request, type RequestHandler, type Response, type Router } from 'express'
import type { WebApp } from './apps.ts'
import { answerDoors } from './doors.ts'
import type { BuiltApp, BuiltFile } from './files.ts'
import { contentPolicy, permissionsPolicy } from './policy.ts'
import type { ServedApp } from './serve-apps.ts'

/** What Vite writes where this answer's nonce belongs (`html.cspNonce`). */
export const noncePlaceholder = 'TALLYSTICK-NONCE'
/** How soon a page that waits for its app to be built looks again. */
const buildingRetrySeconds = 2

/** `/wallet/…` and its like: each app's files, and its page at every other address below. */
export function webRoutes(apps: readonly ServedApp[]): Router {
  const router = express.Router({ caseSensitive: true, strict: true })
  router.get('/', answerDoors)
  for (const served of apps) {
    const { name } = served.app
    router.get(`/${name}`, (req, res) => res.redirect(308, `/${name}/${queryOf(req)}`))
    router.get(`/${name}/{*path}`, answerApp(served))
  }
  router.get('/favicon.ico', answerIcon(apps))
  return router
}

function answerApp(served: ServedApp): RequestHandler {
  return (req, res, next) => {
    res.locals['route'] = `/${served.app.name}/…`
    const { state } = served
    if (state.is !== 'built') return sendWaiting(res, served)
    const path = req.path.slice(served.app.name.length + 2)
    const file = state.built.files.get(path)
    if (file) return sendFile(req, res, file)
    // A file of an older build, perhaps: a page in its place would be taken for a script.
    if (path.startsWith('assets/')) return next()
    sendPage(res, served.app, state.built)
  }
}

/** Browsers ask for it where a page names none, as those of the API do. */
function answerIcon(apps: readonly ServedApp[]): RequestHandler {
  return (req, res, next) => {
    res.locals['route'] = '/favicon.ico'
    const icons = apps.map(({ state }) =>
      state.is === 'built' ? state.built.files.get('mark.svg') : undefined,
    )
    const icon = icons.find((file) => file !== undefined)
    if (!icon) return next()
    sendFile(req, res, icon)
  }
}

function sendPage(res: Response, app: WebApp, { page }: BuiltApp): void {
  const nonce = randomBytes(18).toString('base64')
  setPolicies(res, app, nonce)
  res.set('Cache-Control', 'no-cache').type('html').send(page.replaceAll(noncePlaceholder, nonce))
}

function setPolicies(res: Response, app: WebApp, nonce: string): void {
  res.set({
    'Content-Security-Policy': contentPolicy(app, nonce),
    'Permissions-Policy': permissionsPolicy(app),
  })
}

function sendFile(req: Request, res: Response, file: BuiltFile): void {
  res.set({
    'Cache-Control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    'Content-Type': file.type,
    ETag: file.etag,
    Vary: 'Accept-Encoding',
  })
  if (req.get('if-none-match') === file.etag) return void res.status(304).end()
  const coding = pickCoding(req, file)
  if (coding !== 'identity') res.set('Content-Encoding', coding)
  res.end(req.method === 'HEAD' ? undefined : file.bodies[coding])
}

function pickCoding(req: Request, { bodies }: BuiltFile): keyof BuiltFile['bodies'] {
  const asked = req.acceptsEncodings('br', 'gzip', 'identity')
  return (asked === 'br' || asked === 'gzip') && bodies[asked] ? asked : 'identity'
}

function sendWaiting(res: Response, { app, state }: ServedApp): void {
  const hasFailed = state.is === 'failed'
  const words = hasFailed
    ? 'This page could not be built. The server’s log says why; it is tried again when the server starts.'
    : 'This page is being built, which takes some seconds after an update. It then shows by itself.'
  setPolicies(res, app, randomBytes(18).toString('base64'))
  if (!hasFailed)
    res.set({ 'Retry-After': String(buildingRetrySeconds), Refresh: String(buildingRetrySeconds) })
  res.status(503).set('Cache-Control', 'no-store').type('html')
  res.send(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Tallystick</title><p>${words}</p></html>\n`)
}

function queryOf(req: Request): string {
  const at = req.originalUrl.indexOf('?')
  return at === -1 ? '' : req.originalUrl.slice(at)
}
