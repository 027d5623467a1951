import express, { type Router } from 'express'
import { contentSecurityPolicy } from 'helmet'
import swaggerUi from 'swagger-ui-express'
import type { ApiDocument } from './openapi.ts'

/** `/openapi.json`, and at `/docs/` a page to read it by, from files that come with the install: no CDN. */
export function docs(document: ApiDocument): Router {
  const router = express.Router()
  // Written once: it is large, and whoever asks for it again and again would keep everyone waiting.
  const bytes = Buffer.from(JSON.stringify(document))
  router.get('/openapi.json', (_req, res) => {
    res.type('application/json').send(bytes)
  })
  // For programs; browsers have a page there.
  router.get('/', (_req, res) => res.redirect('/docs/'))
  router.use('/docs', allowSwaggerUi)
  // The page's own addresses are relative to `/docs/`.
  router.get('/docs', (req, res, next) => (req.path.endsWith('/') ? next() : res.redirect('/docs/')))
  router.use('/docs', swaggerUi.serveFiles(undefined, pageOptions))
  router.get('/docs', swaggerUi.setup(undefined, pageOptions))
  return router
}

const pageOptions = {
  customSiteTitle: 'Tallystick API',
  customCss: '.swagger-ui .topbar { display: none }',
  swaggerUrl: '/openapi.json',
  // The badge would ask a server on the internet.
  swaggerOptions: { validatorUrl: null },
}

/** Swagger UI sets styles in its elements and shows icons from data: URLs. Its scripts are files. */
const allowSwaggerUi = contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
})
