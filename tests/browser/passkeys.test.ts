import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { letterCode } from '../support/calls.ts'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'

let here: BrowserStreet
/** The same server by the name that passkeys are bound to on a machine of one's own. */
let origin: string

beforeAll(async () => {
  here = await openBrowserStreet({}, [], ['check'])
  origin = here.url.replace('127.0.0.1', 'localhost')
})
afterAll(() => here?.close())

const owner = { email: 'owner@example.org', password: 'a long enough password' }

/** An owner of the bakery who has accepted the invitation; a token of theirs. */
async function becomeOwner(): Promise<string> {
  const { api, network, bakery } = here.street
  const invited = await api
    .call('post', `/v1/merchants/${bakery.merchant}/staff`, network.operator)
    .send({ email: owner.email, name: 'Ona', role: 'owner' })
  expect(invited.status).toBe(201)
  const token = letterCode(api, owner.email)
  const accepted = await api.call('post', '/v1/invitations').send({ token, password: owner.password })
  expect(accepted.status, accepted.text).toBeLessThan(300)
  const signedIn = await api.call('post', '/v1/sessions').send(owner)
  expect(signedIn).toMatchObject({ status: 201, body: { role: 'owner' } })
  return signedIn.body.token
}

/** A page of ours, in a browser with an authenticator inside that knows its person by finger or PIN. */
async function openPageWithAuthenticator() {
  const context = await here.browser.newContext({ baseURL: origin })
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await page.goto(`/check/${here.street.network.slug}`)
  return {
    page,
    /** What the authenticator keeps. */
    listKeys: async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    /** Whether whoever holds it is known to be its person. */
    know: (isUserVerified: boolean) =>
      devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  }
}

/** Asks the browser's own authenticator, in the page: the options are the API's, and what it gives goes to the API. */
async function ask(
  page: Page,
  how: 'create' | 'get',
  steps: { options: string; answer: string; token?: string; more?: object; asked?: object },
): Promise<{ status: number; body: any }> {
  return await page.evaluate(
    async ({ how, options, answer, token, more, asked }) => {
      const send = async (path: string, body: object) =>
        await fetch(path, {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            ...(token && { Authorization: `Bearer ${token}` }),
          },
          body: JSON.stringify(body),
        })
      const begun = await send(options, asked ?? {})
      if (begun.status !== 201) return { status: begun.status, body: await begun.json() }
      const json = await begun.json()
      const given =
        how === 'create'
          ? await navigator.credentials.create({
              publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(json),
            })
          : await navigator.credentials.get({
              publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(json),
            })
      const credential = (given as PublicKeyCredential).toJSON()
      const sent = await send(answer, { credential, ...more })
      return { status: sent.status, body: await sent.json() }
    },
    { how, ...steps },
  )
}

const signIn = (page: Page) =>
  ask(page, 'get', { options: '/v1/sessions/passkey/options', answer: '/v1/sessions/passkey' })

test('an owner makes a passkey in a real browser, and signs in with it and nothing else', async () => {
  const token = await becomeOwner()
  const { page, listKeys, know } = await openPageWithAuthenticator()
  const added = await ask(page, 'create', {
    options: '/v1/passkeys/options',
    asked: { password: owner.password },
    answer: '/v1/passkeys',
    more: { name: 'this laptop' },
    token,
  })
  expect(added).toMatchObject({ status: 201, body: { name: 'this laptop', last_used_at: null } })
  expect(await listKeys()).toMatchObject([{ rpId: 'localhost', isResidentCredential: true }])

  const entered = await signIn(page)
  expect(entered).toMatchObject({
    status: 201,
    body: { network: here.street.network.slug, role: 'owner', token: expect.any(String) },
  })
  const listed = await here.street.api.call('get', '/v1/passkeys', entered.body.token)
  expect(listed.body.data).toMatchObject([{ name: 'this laptop', last_used_at: expect.any(String) }])

  // In other hands the authenticator gives nothing to sign in with.
  await know(false)
  await expect(signIn(page)).rejects.toThrow('NotAllowedError')
  await know(true)
  expect(await signIn(page)).toMatchObject({ status: 201 })
  await page.context().close()
})
