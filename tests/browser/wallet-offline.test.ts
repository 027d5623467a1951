import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { scanQr } from './support/qr-reader.ts'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'
import { expectBalance, joinInBrowser, walletOf } from './support/wallet.ts'

let here: BrowserStreet
beforeAll(async () => {
  here = await openBrowserStreet({}, [], ['wallet'])
})
afterAll(() => here?.close())

const pay = async (fields: object) =>
  here.street.bookshop.post('/v1/redemptions', { reference: crypto.randomUUID(), ...fields })

/** Somebody with 100 points, whose clock is so far off. */
async function join(email: string, clockOffMs = 0) {
  const context = await here.visit()
  onTestFinished(() => context.close())
  if (clockOffMs !== 0) await context.clock.install({ time: Date.now() + clockOffMs })
  const ada = await joinInBrowser(here, { email, context })
  await here.street.bakery.buy({ wallet: await walletOf(here, ada), amount_minor: 10_000 })
  await expectBalance(ada.page, '100')
  return ada
}

test('without a network the app opens with what was last known, says so, and its QR pays', async () => {
  const { page, context } = await join('offline@example.org')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await context.setOffline(true)
  await page.reload()
  await page.getByText(/^No network. This is how it was at/).waitFor()
  await expectBalance(page, '100')
  const paid = await pay({ qr: await scanQr(page), points: 30 })
  expect(paid).toMatchObject({ status: 201, body: { wallet: { available: 70 } } })
  // What it can't do, it says, and other screens open all the same.
  await page.getByRole('link', { name: 'Give points' }).click()
  await page.getByLabel('How many points').fill('5')
  await page.getByLabel('Their e-mail').fill('bea@example.org')
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('button', { name: 'Give 5 points' }).click()
  await page.getByText('No network. Nothing was sent.').waitFor()
  await context.setOffline(false)
  await page.goto(`/wallet/n/${here.street.network.slug}`)
  await expectBalance(page, '70')
})

test('no answer of the API is kept by the service worker', async () => {
  const { page } = await join('kept@example.org')
  await page.evaluate(() => navigator.serviceWorker.ready)
  const kept = await page.evaluate(async () => {
    const names = await caches.keys()
    const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return all.flat().map(({ url }) => new URL(url).pathname)
  })
  expect(kept).toContain('/wallet/')
  expect(kept.filter((path) => !path.startsWith('/wallet/'))).toEqual([])
})

test.each([
  ['two hours behind', -2 * 3_600_000],
  ['ten minutes ahead', 10 * 60_000],
])('a phone whose clock is %s shows QRs that the till takes', async (_how, offMs) => {
  const { page } = await join(`clock${offMs}@example.org`, offMs)
  await page.reload()
  await expectBalance(page, '100')
  const paid = await pay({ qr: await scanQr(page), points: 30 })
  expect(paid).toMatchObject({ status: 201, body: { points: 30 } })
})

test('the QR is another before the one before it expires', async () => {
  const { page } = await join('renew@example.org', 1)
  await page.getByRole('button', { name: 'Close this notice' }).click()
  const first = await scanQr(page)
  await page.clock.fastForward(41_000)
  await expect.poll(() => scanQr(page), { timeout: 5000 }).not.toBe(first)
})
