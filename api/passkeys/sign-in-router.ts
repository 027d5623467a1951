import { generateAuthenticationOptions } from '@simplewebauthn/server'
import { z } from 'zod'
import { auditSource } from '../audit/record.ts'
import { addressKey, createLimit, limitRequest } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { inStrangersTurn } from '../http/strangers.ts'
import { listMemberships, readPerson } from '../people/store.ts'
import { staffAccount } from '../sessions/known-browsers.ts'
import { handOut, networkSlug, signedIn, userAgentOf } from '../sessions/router.ts'
import { beginSession, recordFailure, type SessionRequest, type SignIn } from '../sessions/sign-in.ts'
import { authenticationResponse, shownOptions } from './fields.ts'
import { relyingPartyOf, type RelyingParty } from './relying-party.ts'
import {
  challengeLifetimeSeconds,
  createChallenge,
  findPasskey,
  handleOf,
  notePasskeyUse,
  passkeyRoles,
  takeChallenge,
} from './store.ts'
import { verifyShown } from './verify.ts'

const tag = 'Sessions'

const postOptions = declareRoute({
  method: 'post',
  path: '/v1/sessions/passkey/options',
  operation: 'beginPasskeySignIn',
  tag,
  summary: 'Begin to sign in by passkey: what the browser asks one to sign',
  description:
    'For `PublicKeyCredential.parseRequestOptionsFromJSON`. It names nobody: the browser shows who has a passkey here.',
  who: ['anyone'],
  answers: {
    201: {
      description: `For the browser, good once and for ${challengeLifetimeSeconds / 60} minutes.`,
      schema: shownOptions,
    },
  },
  refusals: ['passkeys_unavailable'],
})

const postSession = declareRoute({
  method: 'post',
  path: '/v1/sessions/passkey',
  operation: 'signInByPasskey',
  tag,
  summary: 'Sign in by passkey: the same session as by password and second step',
  description:
    'Operators and owners only, with those roles. Whoever has them in several networks names one; otherwise 409 ' +
    'lists them in `networks`, and signing in begins again.',
  who: ['anyone'],
  body: z.strictObject({
    credential: authenticationResponse,
    network: networkSlug.optional().meta({ description: 'The slug of the network to act in.' }),
  }),
  answers: { 201: { description: 'Signed in.', schema: signedIn } },
  refusals: ['network_not_named', 'passkey_not_genuine', 'passkeys_unavailable', 'sign_in_failed'],
})

type Parts = SignIn & { readonly publicUrl: string | undefined }

/** `/v1/sessions/passkey`: signing in without a password. */
export function passkeySignInRoutes(routes: Routes, parts: Parts): void {
  const { db, now, publicUrl } = parts
  const triesFromAddress = createLimit(100, 15 * 60)

  routes.on(postOptions, async (req, res) => {
    await limitRequest(triesFromAddress, res, addressKey(req))
    const { id: rpID } = relyingPartyOf(publicUrl, { host: req.host, port: req.socket.localPort })
    const options = await generateAuthenticationOptions({
      rpID,
      challenge: await inStrangersTurn(() => createChallenge(db, null, now())),
      timeout: challengeLifetimeSeconds * 1000,
      userVerification: 'required',
    })
    postOptions.answer(res, 201, { ...options })
  })

  routes.on(postSession, async (req, res) => {
    await limitRequest(triesFromAddress, res, addressKey(req))
    const { body } = postSession.parse(req)
    const party = relyingPartyOf(publicUrl, { host: req.host, port: req.socket.localPort })
    const request = { network: body.network, userAgent: userAgentOf(req), audit: auditSource(req) }
    const begun = await signInByPasskey(parts, { credential: body.credential, party, request })
    postSession.answer(res, 201, handOut(req, res, begun))
  })
}

interface Shown {
  readonly credential: z.output<typeof authenticationResponse>
  readonly party: RelyingParty
  readonly request: SessionRequest
}

/** Refuses `passkey_not_genuine`, alike for passkeys that nobody has here, and as `beginSession` does. */
async function signInByPasskey(parts: SignIn, { credential, party, request }: Shown) {
  const { db, now } = parts
  const { clientDataJSON, userHandle } = credential.response
  const { challenge, passkey } = await inStrangersTurn(async () => {
    const taken = await takeChallenge(db, { clientDataJSON, person: null, now: now() })
    const found = await findPasskey(db, Buffer.from(credential.id, 'base64url'))
    if (found === undefined) throw new Refusal('passkey_not_genuine')
    return { challenge: taken, passkey: found }
  })
  const person = { uuid: passkey.person, isDeploymentOperator: passkey.is_deployment_operator }
  try {
    const signCount = await verifyShown(credential, { party, challenge }, passkey)
    const isTheirs = userHandle == null || userHandle === handleOf(person.uuid).toString('base64url')
    if (!isTheirs || !(await notePasskeyUse(db, passkey.uuid, { signCount, now: now() })))
      throw new Refusal('passkey_not_genuine')
  } catch (error) {
    await inStrangersTurn(() => recordFailure(db, person, request.audit))
    throw error
  }
  const memberships = await listMemberships(db, person.uuid)
  const allowed = memberships.filter(({ role }) => passkeyRoles.has(role))
  const account = staffAccount(await readPerson(db, person.uuid))
  const begun = await beginSession(parts, { person, memberships: allowed, request })
  return { ...begun, known: parts.knownBrowsers.issue(account, now()) }
}
