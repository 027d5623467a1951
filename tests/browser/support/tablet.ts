import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { makeTill } from '../../support/api.ts'
import type { Customer, Shop } from '../../support/high-street.ts'
import type { BrowserStreet } from './street.ts'

/** Somebody of a shop with a PIN for its tills. */
export interface Cashier {
  readonly name: string
  readonly pin: string
}

/** Invites somebody to the shop, who accepts and sets a PIN. */
export async function hireCashier(
  { street }: BrowserStreet,
  shop: Shop,
  { name, pin }: Cashier,
): Promise<void> {
  const { api, network } = street
  const email = `${name.toLowerCase()}-${crypto.randomUUID()}@example.org`
  const invited = await api
    .call('post', `/v1/merchants/${shop.merchant}/staff`, network.operator)
    .send({ email, name, role: 'cashier' })
  expect(invited).toMatchObject({ status: 201 })
  const token = /^[\w-]{43}$/m.exec(api.letters.findLast(({ to }) => to === email)?.text ?? '')?.[0]
  const password = `password of ${name}`
  await api.call('post', '/v1/invitations').send({ token, password })
  const signedIn = await api.call('post', '/v1/sessions').send({ email, password })
  const set = await api.call('put', '/v1/pin', signedIn.body.token).send({ pin, password })
  expect(set).toMatchObject({ status: 204 })
}

/** A code for a tablet to become that till. */
export async function askPairingCode({ street }: BrowserStreet, till: string): Promise<string> {
  const begun = await street.api.call('post', `/v1/tills/${till}/pairings`, street.network.operator)
  expect(begun).toMatchObject({ status: 201 })
  return begun.body.code
}

/** A tablet that is a till. */
export interface Tablet {
  readonly context: BrowserContext
  readonly page: Page
  /** `til_…` */
  readonly till: string
}

/** A tablet that is a further till of the shop now, as its people make it one. It is shut. */
export async function pairTablet(
  here: BrowserStreet,
  shop: Shop,
  options: BrowserContextOptions = {},
): Promise<Tablet> {
  const context = await here.visit({ viewport: { width: 1024, height: 768 }, ...options })
  return await pairBrowser(here, shop, context)
}

/** The same, with a browser that is there already. */
export async function pairBrowser(here: BrowserStreet, shop: Shop, context: BrowserContext): Promise<Tablet> {
  const { id: till } = await makeTill(here.street.api, here.street.network, shop.merchant)
  const page = await context.newPage()
  await page.goto('/till/')
  await page.getByLabel('Pairing code').fill(await askPairingCode(here, till))
  await page.getByRole('button', { name: 'Pair' }).click()
  await page.getByRole('heading', { name: 'Who is at the till?' }).waitFor()
  return { context, page, till }
}

/** The PIN, as it is typed on the pad. */
export async function openTill({ page }: Pick<Tablet, 'page'>, { name, pin }: Cashier): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click()
  for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).click()
  await page.getByRole('button', { name: 'Open the till' }).click()
  await page.getByRole('button', { name: 'Scan', exact: true }).waitFor()
}

/** The amount, on the pad: `typeAmount(page, '1240')`. */
export async function typeAmount(page: Page, digits: string): Promise<void> {
  for (const digit of digits) await page.getByRole('button', { name: digit, exact: true }).click()
}

/** What a hardware scanner does: types fast, then Enter. */
export async function scanByHand(page: Page, text: string): Promise<void> {
  // As keys of one burst: the way from here to the browser takes longer than a scanner does.
  await page.evaluate((typed) => {
    for (const key of [...typed, 'Enter']) {
      const target = document.activeElement ?? document.body
      target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
    }
  }, text)
}

/** Waits until the page and the scanner are kept for when there is no network. */
export async function waitForWorker(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
    while (navigator.serviceWorker.controller === null) await new Promise((done) => setTimeout(done, 20))
  })
}

/** Has a customer tell their name, and their birthday (`MM-DD`) if they like. */
export async function introduce(
  { street }: BrowserStreet,
  customer: Customer,
  told: { readonly name: string; readonly birthday?: string },
): Promise<void> {
  const known = await street.bakery.post('/v1/customers', { email: customer.email })
  const changed = await street.api.call('patch', `/v1/customers/${known.body.id}`, customer.token).send(told)
  expect(changed).toMatchObject({ status: 200 })
}
