import { generateRegistrationOptions } from '@simplewebauthn/server'
import type { Request } from 'express'
import { z } from 'zod'
import type { Uuid } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { id, shownId, shownTime, text } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { password, stepCode } from '../people/fields.ts'
import { readEmail } from '../people/store.ts'
import { proveCaller } from '../sessions/prove-caller.ts'
import type { Proving } from '../sessions/sign-in.ts'
import type { Db } from '../tables.ts'
import { registrationResponse, shownOptions } from './fields.ts'
import { passkeyLetter } from './letters.ts'
import { relyingPartyOf, type RelyingParty } from './relying-party.ts'
import {
  challengeLifetimeSeconds,
  createChallenge,
  deletePasskey,
  demandUntaken,
  handleOf,
  insertPasskey,
  listPasskeys,
  passkeyRoles,
  takeChallenge,
  type PasskeyRow,
} from './store.ts'
import { passkeyAlgorithms, verifyMade } from './verify.ts'

const tag = 'People'
const who = ['operator', 'staff', 'deployment operator'] as const

const proof = z.strictObject({
  password,
  code: stepCode.optional(),
})

const shownPasskey = z
  .strictObject({
    id: shownId('psk'),
    name: z.string(),
    created_at: shownTime(),
    last_used_at: shownTime().nullable(),
  })
  .meta({ id: 'Passkey' })

const postOptions = declareRoute({
  method: 'post',
  path: '/v1/passkeys/options',
  operation: 'beginPasskey',
  tag,
  summary: 'Begin to add a passkey: what the browser makes one from',
  description:
    'Operators and owners only. It takes the password once more (and the code of a second step), so that a borrowed ' +
    'browser adds none. The answer is for `PublicKeyCredential.parseCreationOptionsFromJSON`, and good for ' +
    `${challengeLifetimeSeconds / 60} minutes.`,
  who,
  body: proof,
  answers: { 201: { description: 'For the browser.', schema: shownOptions } },
  refusals: ['passkeys_unavailable', 'second_factor_required', 'sign_in_failed'],
})

const postPasskey = declareRoute({
  method: 'post',
  path: '/v1/passkeys',
  operation: 'addPasskey',
  tag,
  summary: 'Add the passkey that the browser made; its person is told by e-mail',
  who,
  body: z.strictObject({
    name: text(60).meta({ description: 'How its person knows it apart, e.g. “blue key”.' }),
    credential: registrationResponse,
  }),
  answers: { 201: { description: 'Added: it signs in.', schema: shownPasskey } },
  refusals: ['passkey_not_genuine', 'passkey_taken', 'passkeys_unavailable'],
})

const getPasskeys = declareRoute({
  method: 'get',
  path: '/v1/passkeys',
  operation: 'listPasskeys',
  tag,
  summary: 'List one’s own passkeys, the oldest first',
  who,
  answers: {
    200: {
      description: 'Passkeys.',
      schema: z.strictObject({ data: z.array(shownPasskey), next: z.null() }),
    },
  },
})

const deletePasskeyRoute = declareRoute({
  method: 'delete',
  path: '/v1/passkeys/{id}',
  operation: 'removePasskey',
  tag,
  summary: 'Remove a passkey of one’s own: it signs in no more; its person is told by e-mail',
  who,
  description: 'It takes the password (and the code of a second step), as adding one does.',
  params: z.strictObject({ id: id('psk') }),
  body: proof,
  answers: { 204: { description: 'Removed.' } },
  refusals: ['second_factor_required', 'sign_in_failed'],
})

interface Parts extends Proving {
  readonly access: Access
  readonly publicUrl: string | undefined
}

/** `/v1/passkeys`: what operators and owners sign in with instead of a password. */
export function passkeyRoutes(routes: Routes, { access, publicUrl, ...parts }: Parts): void {
  const { db, now, sendMail, inBackground } = parts

  routes.on(postOptions, async (req, res) => {
    const caller = await requirePasskeyHolder(access, req)
    const { person } = caller
    const { body } = postOptions.parse(req)
    const party = relyingPartyOf(publicUrl, { host: req.host, port: req.socket.localPort })
    const { email } = await proveCaller(parts, req, { ...caller, ...body })
    postOptions.answer(res, 201, await askForPasskey(db, { person, email, party, now: now() }))
  })

  routes.on(postPasskey, async (req, res) => {
    const { person } = await requirePasskeyHolder(access, req)
    const { body } = postPasskey.parse(req)
    const party = relyingPartyOf(publicUrl, { host: req.host, port: req.socket.localPort })
    const { clientDataJSON } = body.credential.response
    const challenge = await takeChallenge(db, { clientDataJSON, person, now: now() })
    const made = await verifyMade(body.credential, { party, challenge })
    await demandUntaken(db, made.credentialId)
    // Before it is added: none is without its person being told. And before a transaction is open, since a mail server
    // takes seconds.
    await sendMail(passkeyLetter(await readEmail(db, person), 'added', body.name))
    const row = await db.transaction().execute(async (tx) => {
      const uuid = await insertPasskey(tx, { ...made, person, name: body.name })
      await recordAudit(tx, auditSource(req), { subjects: [typeId('psk', uuid)], changed: ['passkey'] })
      return (await listPasskeys(tx, person)).find((each) => each.uuid === uuid)!
    })
    postPasskey.answer(res, 201, present(row))
  })

  routes.on(getPasskeys, async (req, res) => {
    const { person } = await requirePasskeyHolder(access, req)
    const rows = await listPasskeys(db, person)
    getPasskeys.answer(res, 200, { data: rows.map(present), next: null })
  })

  routes.on(deletePasskeyRoute, async (req, res) => {
    const caller = await requirePasskeyHolder(access, req)
    const { person } = caller
    const { params, body } = deletePasskeyRoute.parse(req)
    await proveCaller(parts, req, { ...caller, ...body })
    const name = await db.transaction().execute(async (tx) => {
      const removed = await deletePasskey(tx, person, params.id)
      if (removed === undefined) throw new Refusal('not_found')
      await recordAudit(tx, auditSource(req), { subjects: [typeId('psk', params.id)], changed: ['passkey'] })
      return removed
    })
    inBackground(async () => await sendMail(passkeyLetter(await readEmail(db, person), 'removed', name)))
    deletePasskeyRoute.answer(res, 204, undefined)
  })
}

/** What the browser is asked to make a key for; it makes none where it has one of theirs already. */
async function askForPasskey(
  db: Db,
  { person, email, party, now }: { person: Uuid; email: string; party: RelyingParty; now: Date },
) {
  const known = await listPasskeys(db, person)
  const options = await generateRegistrationOptions({
    rpName: 'Tallystick',
    rpID: party.id,
    userName: email,
    userID: new Uint8Array(handleOf(person)),
    challenge: await createChallenge(db, person, now),
    timeout: challengeLifetimeSeconds * 1000,
    supportedAlgorithmIDs: passkeyAlgorithms,
    excludeCredentials: known.map(({ credential_id }) => ({ id: credential_id.toString('base64url') })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  return { ...options }
}

/** The person who calls, if they are an operator or an owner. */
async function requirePasskeyHolder(access: Access, req: Request) {
  const caller = await requireOneOf(access, req, ['staff', 'deployment operator'])
  if (caller.kind === 'staff' && !passkeyRoles.has(caller.role)) throw new Refusal('forbidden')
  return caller
}

function present(row: PasskeyRow): z.input<typeof shownPasskey> {
  return {
    id: typeId('psk', row.uuid),
    name: row.name,
    created_at: row.created_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
  }
}
