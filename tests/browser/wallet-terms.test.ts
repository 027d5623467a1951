import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { setRule } from '../support/api.ts'
import { expectNoBarriers, look, screenshotFolder } from './support/look.ts'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'
import { joinWithPoints } from './support/wallet.ts'

let here: BrowserStreet

beforeAll(async () => {
  here = await openBrowserStreet({ locale: 'en-GB', currency: 'GBP' }, [], ['wallet'])
  await setRule(here.street.api, here.street.network, { points_per_currency_unit: '2' })
})
afterAll(() => here?.close())

/** Noon, so that it is one day wherever the browser thinks it is. */
const start = new Date(new Date(Date.now() + 40 * 86_400_000).setUTCHours(12, 0, 0, 0))
const from = (locale: string) =>
  new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    ...(start.getFullYear() !== new Date().getFullYear() && { year: 'numeric' }),
  }).format(start)

/** The line on the first screen, in both schemes on a small phone. */
async function photographTerms(page: Page, name: string): Promise<void> {
  for (const scheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width: 360, height: 740 })
    await page.screenshot({ path: join(screenshotFolder, `${name}-360-${scheme}.png`), fullPage: true })
    await expectNoBarriers(page, `${name}, ${scheme}`)
  }
}

test('the wallet says from when which terms get worse, in one quiet line, until they have started', async () => {
  const { street } = here
  const ada = await joinWithPoints(here)
  await street.bakery.buy({ wallet: ada.wallet, amount_minor: 1240, currency: 'GBP' })
  await ada.page.getByRole('button', { name: 'Close this notice' }).click()
  const line = ada.page.getByText('instead of')
  expect(await line.count()).toBe(0)
  const worse = { points_per_currency_unit: '1', effective_from: start.toISOString() }
  await setRule(street.api, street.network, worse)
  await ada.page.reload()
  await ada.page.getByText(`From ${from('en-GB')}: 1 point for £1 instead of 2.`).waitFor()
  expect(await ada.page.locator('.coming-terms').getByRole('link').count()).toBe(0)
  await photographTerms(ada.page, 'wallet-terms')
  await look(ada.page, 'wallet-terms-all')
  await ada.page.getByRole('link', { name: 'Notices' }).click()
  await ada.page
    .getByRole('listitem')
    .filter({ hasText: `From ${from('en-GB')}: 1 point` })
    .waitFor()
})

test('of several changes the wallet names the next, and leads to the others; in German to whoever wants it', async () => {
  const { street } = here
  const all = {
    points_per_currency_unit: '1',
    expires_after_months: 12,
    min_spend_minor: 500,
    effective_from: new Date(start.getTime() + 60_000).toISOString(),
  }
  await setRule(street.api, street.network, all)
  const bo = await joinWithPoints(here)
  await bo.page.goto(`/wallet/n/${street.network.slug}/settings`)
  await bo.page.getByLabel('Language').selectOption('de')
  await bo.page.getByRole('heading', { level: 1, name: 'Mehr' }).waitFor()
  await bo.page.goto(`/wallet/n/${street.network.slug}`)
  await bo.page.getByText(`Ab ${from('de')}: 1 Punkt für`).waitFor()
  await photographTerms(bo.page, 'wallet-terms-de')
  await bo.page.getByRole('link', { name: 'und 2 weitere Änderungen' }).click()
  await bo.page.getByText(`Ab ${from('de')}: Neue Punkte verfallen nach 12 Monaten.`).waitFor()
  await bo.page.getByText(`Ab ${from('de')}: Punkte erst ab`).waitFor()
  expect(await bo.page.getByRole('listitem').filter({ hasText: 'Ab ' }).count()).toBe(3)
  await photographTerms(bo.page, 'wallet-terms-list-de')
})

test('a shop that goes back to the usual points is named', async () => {
  const { api, network, bakery } = here.street
  const bounds = { merchant_multiplier_min: '1', merchant_multiplier_max: '3' }
  await api.call('patch', `/v1/networks/${network.slug}`, network.operator).send(bounds)
  const set = (body: object) =>
    api.call('put', `/v1/merchants/${bakery.merchant}/multiplier`, network.operator).send(body)
  expect((await set({ factor: '3' })).status).toBe(200)
  expect((await set({ factor: '1', effective_from: start.toISOString() })).status).toBe(200)
  const { page } = await joinWithPoints(here)
  await page.getByRole('link', { name: 'Notices' }).click()
  await page
    .getByText(`From ${from('en-GB')}: Bakery gives the usual points instead of 3 times as many.`)
    .waitFor()
})
