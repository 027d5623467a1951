import type { Request, Response } from 'express'
import { z } from 'zod'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { email, entered, id, shownId, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { addressKey, createLimit, limitRequest } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { SessionKeys } from '../identity/session-keys.ts'
import { password, stepCode } from '../people/fields.ts'
import type { KnownBrowser } from './known-browsers.ts'
import { refresh } from './refresh.ts'
import {
  clearRefreshCookie,
  readCookies,
  readRefreshCookie,
  setKnownBrowserCookie,
  setRefreshCookie,
} from './cookies.ts'
import { signIn, type beginSession, type SignIn } from './sign-in.ts'
import { listOwnSessions, revokeOwnSessions, type SessionRow, type SignedIn } from './store.ts'

const tag = 'Sessions'
const anySession = ['staff', 'deployment operator', 'customer'] as const
/** How a sign-in names a network. */
export const networkSlug = entered(0, 40)

/** What whoever signed in gets. */
export const signedIn = z.strictObject({
  token: z.string(),
  expires_at: shownTime().meta({ description: 'Of the token; the refresh cookie gets another.' }),
  network: z.string().nullable(),
  role: z.enum(['operator', 'auditor', 'owner', 'manager', 'cashier']).nullable(),
})

const postSession = declareRoute({
  method: 'post',
  path: '/v1/sessions',
  operation: 'signIn',
  tag,
  summary: 'Sign in',
  description:
    'Answers a token for `Authorization: Bearer`, a refresh cookie, and one by which the browser is known: tries from it ' +
    'are counted by themselves, so that strangers who guess shut nobody out. Whoever belongs to several networks names ' +
    'one; otherwise 409 lists them in `networks`. The deployment’s operator signs in without a network to make and ' +
    'list networks.',
  who: ['anyone'],
  body: z.strictObject({
    email: email(),
    password,
    network: networkSlug.optional().meta({ description: 'The slug of the network to act in.' }),
    code: stepCode
      .optional()
      .meta({ description: 'Of the authenticator app, or one for the day it is lost.' }),
  }),
  answers: { 201: { description: 'Signed in.', schema: signedIn } },
  refusals: ['sign_in_failed', 'network_not_named', 'second_factor_required'],
})

const postRefresh = declareRoute({
  method: 'post',
  path: '/v1/sessions/refresh',
  operation: 'refreshSession',
  tag,
  summary: 'Get a new token for the refresh cookie',
  description:
    'The cookie is used up and replaced. One that was used before ends the session: somebody else has it; a customer’s ' +
    'only once its successor was used, since phones lose answers. The header ' +
    '`Tally-Refresh: 1` is required, because no other site can send it.',
  who: ['anyone'],
  headers: z.object({ 'Tally-Refresh': z.literal('1') }),
  body: z.strictObject({
    network: networkSlug.nullable().meta({ description: 'Whose cookie; null: the deployment’s operator’s.' }),
    as: z.enum(['staff', 'customer']).default('staff'),
  }),
  answers: {
    201: { description: 'Goes on.', schema: signedIn.extend({ wallet: shownId('wal').optional() }) },
  },
  refusals: ['unauthenticated', 'forbidden'],
})

const getSessions = declareRoute({
  method: 'get',
  path: '/v1/sessions',
  operation: 'listSessions',
  tag,
  summary: 'List where one is signed in, the newest first',
  who: ['staff', 'operator', 'customer', 'deployment operator'],
  answers: {
    200: {
      description: 'One’s own sessions.',
      schema: z.strictObject({
        data: z.array(
          z.strictObject({
            id: shownId('ses'),
            current: z.boolean(),
            created_at: shownTime(),
            refreshed_at: shownTime().nullable(),
            expires_at: shownTime(),
            user_agent: z.string().nullable(),
          }),
        ),
        next: z.null(),
      }),
    },
  },
})

const deleteSession = declareRoute({
  method: 'delete',
  path: '/v1/sessions',
  operation: 'signOut',
  tag,
  summary: 'Sign out, here or everywhere',
  description: 'Ends the session of the token that this is sent with, or all of the same person, at once.',
  who: ['staff', 'operator', 'customer', 'deployment operator'],
  query: z.strictObject({ everywhere: z.enum(['true', 'false']).default('false') }),
  answers: { 204: { description: 'Signed out.' } },
})

const deleteOtherSession = declareRoute({
  method: 'delete',
  path: '/v1/sessions/{id}',
  operation: 'endSession',
  tag,
  summary: 'End another session of one’s own, at once',
  who: ['staff', 'operator', 'customer', 'deployment operator'],
  params: z.strictObject({ id: id('ses') }),
  answers: { 204: { description: 'Ended.' } },
})

const getKeys = declareRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  operation: 'listSessionKeys',
  tag,
  summary: 'The public keys of session tokens (RFC 7517): the previous, the current and the next',
  who: ['anyone'],
  answers: {
    200: {
      description: 'The keys.',
      schema: z.strictObject({
        keys: z.array(z.looseObject({ kid: z.string().optional(), kty: z.string().optional() })),
      }),
    },
  },
})

/** Signing in, going on, and signing out. */
export function sessionRoutes(
  routes: Routes,
  { access, keys, ...parts }: SignIn & { access: Access; keys: SessionKeys },
): void {
  const refreshesFromAddress = createLimit(600, 15 * 60)

  routes.on(postSession, async (req, res) => {
    const { body } = postSession.parse(req)
    const userAgent = userAgentOf(req)
    const audit = auditSource(req)
    const browser = readCookies(req).get(parts.knownBrowsers.nameFor({ name: body.email }))
    const begun = await signIn(parts, { ...body, browser, addressKey: addressKey(req), userAgent, audit })
    postSession.answer(res, 201, handOut(req, res, begun))
  })

  routes.on(postRefresh, async (req, res) => {
    await limitRequest(refreshesFromAddress, res, addressKey(req))
    demandOwnPage(req)
    const { body } = postRefresh.parse(req)
    const cookie = { kind: body.as, network: body.network }
    const presented = readRefreshCookie(req, cookie)
    const goesOn = await refresh({ access, ...parts }, { presented, audit: auditSource(req) })
    setRefreshCookie(req, res, { ...cookie, ...goesOn.refresh })
    postRefresh.answer(res, 201, presentRefreshed(goesOn))
  })

  routes.on(getSessions, async (req, res) => {
    const caller = await requireOneOf(access, req, anySession)
    const rows = await listOwnSessions(parts.db, caller, parts.now())
    getSessions.answer(res, 200, { data: rows.map((row) => presentTo(caller, row)), next: null })
  })

  routes.on(deleteSession, async (req, res) => {
    const caller = await requireOneOf(access, req, anySession)
    const { query } = deleteSession.parse(req)
    const session = query.everywhere === 'true' ? null : caller.session
    await endOwnSessions(parts, req, { caller, session })
    clearRefreshCookie(req, res, {
      kind: caller.kind === 'customer' ? 'customer' : 'staff',
      network: caller.kind === 'deployment operator' ? null : caller.network.slug,
    })
    deleteSession.answer(res, 204, undefined)
  })

  routes.on(deleteOtherSession, async (req, res) => {
    const caller = await requireOneOf(access, req, anySession)
    const { params } = deleteOtherSession.parse(req)
    await endOwnSessions(parts, req, { caller, session: params.id })
    deleteOtherSession.answer(res, 204, undefined)
  })

  routes.on(getKeys, async (_req, res) => {
    const published = await keys.published(parts.now())
    res.set('Cache-Control', 'public, max-age=3600')
    getKeys.answer(res, 200, published)
  })
}

function demandOwnPage(req: Request): void {
  if (req.get('tally-refresh') === '1') return
  throw new Refusal('forbidden', { detail: 'Send the header Tally-Refresh: 1, which other sites can not.' })
}

function presentRefreshed({ token, expiresAt, identity: who }: Awaited<ReturnType<typeof refresh>>) {
  return {
    token,
    expires_at: expiresAt.toISOString(),
    network: who.kind === 'deployment operator' ? null : who.network.slug,
    role: who.kind === 'staff' ? who.role : null,
    ...(who.kind === 'customer' && { wallet: typeId('wal', who.wallet.uuid) }),
  }
}

/** Sets the refresh cookie of a session that began, and presents its token. */
export function handOut(
  req: Request,
  res: Response,
  begun: Awaited<ReturnType<typeof beginSession>> & { readonly known: KnownBrowser },
): z.input<typeof signedIn> {
  const { token, expiresAt, network, role } = begun
  setRefreshCookie(req, res, { kind: 'staff', network, ...begun.refresh })
  setKnownBrowserCookie(req, res, { kind: 'staff', ...begun.known })
  return { token, expires_at: expiresAt.toISOString(), network, role }
}

async function endOwnSessions(
  { db, now }: Pick<SignIn, 'db' | 'now'>,
  req: Request,
  { caller, session }: { caller: SignedIn; session: string | null },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const ended = await revokeOwnSessions(tx, caller, { session, now: now() })
    if (!ended) throw new Refusal('not_found')
    const subjects = session === null ? [] : [typeId('ses', session)]
    await recordAudit(tx, auditSource(req), { subjects })
  })
}

/** What the browser says of itself, so that people know their sessions apart. */
export function userAgentOf(req: Request): string | null {
  return req.get('user-agent')?.slice(0, 200) ?? null
}

function presentTo(caller: SignedIn, row: SessionRow) {
  return {
    id: typeId('ses', row.uuid),
    current: row.uuid === caller.session,
    created_at: row.created_at.toISOString(),
    refreshed_at: row.refreshed_at?.toISOString() ?? null,
    expires_at: row.expires_at.toISOString(),
    user_agent: row.user_agent,
  }
}
