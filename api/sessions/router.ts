import { z } from 'zod'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { email, shownTime } from '../http/fields.ts'
import { addressKey, createLimit } from '../http/limits.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { SessionKeys } from '../identity/session-keys.ts'
import { passwordLengthMax } from '../people/passwords.ts'
import { signIn, type SignIn } from './sign-in.ts'
import { revokeSession } from './store.ts'

const postSession = declareRoute({
  method: 'post',
  path: '/v1/sessions',
  operation: 'signIn',
  tag: 'Sessions',
  summary: 'Sign in',
  description:
    'Answers a token for `Authorization: Bearer`. Whoever belongs to several networks names one; otherwise 409 lists ' +
    'them in `networks`. The deployment’s operator signs in without a network to make and list networks.',
  who: ['anyone'],
  body: z.strictObject({
    email: email(),
    password: z.string().min(1).max(passwordLengthMax),
    network: z.string().max(40).optional().meta({ description: 'The slug of the network to act in.' }),
  }),
  answers: {
    201: {
      description: 'Signed in.',
      schema: z.strictObject({
        token: z.string(),
        expires_at: shownTime(),
        network: z.string().nullable(),
        role: z.enum(['operator', 'auditor', 'owner', 'manager', 'cashier']).nullable(),
      }),
    },
  },
  refusals: ['sign_in_failed', 'network_not_named'],
})

const deleteSession = declareRoute({
  method: 'delete',
  path: '/v1/sessions',
  operation: 'signOut',
  tag: 'Sessions',
  summary: 'Sign out',
  description: 'Ends the session of the token that this is sent with, at once.',
  who: ['staff', 'operator', 'customer', 'deployment operator'],
  answers: { 204: { description: 'Signed out.' } },
})

const getKeys = declareRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  operation: 'listSessionKeys',
  tag: 'Sessions',
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

/** Signing in and out. */
export function sessionRoutes(
  routes: Routes,
  { access, keys, ...parts }: Omit<SignIn, 'limits'> & { access: Access; keys: SessionKeys },
): void {
  const minutes = 60
  const limits = {
    pair: createLimit(5, 15 * minutes),
    account: createLimit(30, 60 * minutes),
    address: createLimit(50, 15 * minutes),
  }

  routes.on(postSession, async (req, res) => {
    const { body } = postSession.parse(req)
    const signedIn = await signIn({ ...parts, limits }, { ...body, addressKey: addressKey(req) })
    postSession.answer(res, 201, {
      token: signedIn.token,
      expires_at: signedIn.expiresAt.toISOString(),
      network: signedIn.network,
      role: signedIn.role,
    })
  })

  routes.on(deleteSession, async (req, res) => {
    const caller = await requireOneOf(access, req, ['staff', 'deployment operator', 'customer'])
    await revokeSession(parts.db, caller, parts.now())
    deleteSession.answer(res, 204, undefined)
  })

  routes.on(getKeys, async (_req, res) => {
    const published = await keys.published(parts.now())
    res.set('Cache-Control', 'public, max-age=3600')
    getKeys.answer(res, 200, published)
  })
}
