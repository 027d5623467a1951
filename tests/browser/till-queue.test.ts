import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page, Route } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Customer, Shop } from '../support/high-street.ts'
import { launchFrom } from './support/chromium.ts'
import { pressByKeyboard } from './support/keyboard.ts'
import { mia } from './support/open-till.ts'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'
import {
  hireCashier,
  openTill,
  pairBrowser,
  pairTablet,
  scanByHand,
  typeAmount,
  waitForWorker,
  type Tablet,
} from './support/tablet.ts'

let here: BrowserStreet

beforeAll(async () => {
  here = await openBrowserStreet({}, [], ['till'])
  await hireCashier(here, here.street.bakery, mia)
})
afterAll(() => here?.close())

async function openTablet(shop: Shop = here.street.bakery): Promise<Tablet> {
  const tablet = await pairTablet(here, shop)
  onTestFinished(() => tablet.context.close())
  await waitForWorker(tablet.page)
  await openTill(tablet, mia)
  return tablet
}

const press = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' }).click()
const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()
const nothingWaits = (page: Page) =>
  page.getByRole('button', { name: /waits?$|needs? somebody/ }).waitFor({ state: 'detached' })

async function posted(wallet: string): Promise<{ points: number; kind: string }[]> {
  return (await here.street.bakery.get(`/v1/transactions?wallet=${wallet}`)).body.data
}

/** Rings up a sale to whoever shows the QR; it is done when the till says yes. */
async function sell(page: Page, amount: string, customer: Customer): Promise<void> {
  await typeAmount(page, amount)
  await scanByHand(page, await customer.showQr())
  await press(page, 'Done')
  await press(page, 'Touch to go on')
}

/** The same by e-mail, with the register's own receipt number. */
async function sellByEmail(
  page: Page,
  sale: { amount: string; email: string; receipt: string },
): Promise<void> {
  await typeAmount(page, sale.amount)
  await press(page, 'Receipt number')
  await page.getByLabel('Receipt number').fill(sale.receipt)
  await press(page, 'Phone, e-mail or card')
  await page.getByLabel('Phone, e-mail address or card number').fill(sale.email)
  await press(page, 'Find')
  await press(page, 'Done')
  await press(page, 'Touch to go on')
}

/** What the till says of the refused sale with that receipt number. */
const refused = (page: Page, receipt: string) => page.locator('.refused', { hasText: receipt })

test('what waits is there after the browser was closed and opened again, and after the cashier signed out', async () => {
  const ada = await here.street.join()
  const folder = await mkdtemp(join(tmpdir(), 'tallystick-browser-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const before = await launchFrom(folder, here.url)
  const tablet = await pairBrowser(here, here.street.bakery, before)
  await waitForWorker(tablet.page)
  await openTill(tablet, mia)
  await before.setOffline(true)
  await sell(tablet.page, '1200', ada)
  await press(tablet.page, 'Menu')
  await press(tablet.page, 'Switch person')
  await says(tablet.page, 'Who is at the till?')
  await before.close()

  const after = await launchFrom(folder, here.url)
  onTestFinished(() => after.close())
  await after.setOffline(true)
  const page = await after.newPage()
  await page.goto('/till/')
  await press(page, 'Go on without a name')
  await press(page, '1 waits')
  await says(page, '€12.00')
  expect(await posted(ada.wallet)).toEqual([])
  await after.setOffline(false)
  await says(page, 'Nothing waits.')
  expect(await posted(ada.wallet)).toMatchObject([{ points: 12 }])
})

test('a tablet that goes off while a sale is on its way sends it when it is on again, and it is there once', async () => {
  const ben = await here.street.join()
  const { page } = await openTablet()
  const sellUntilOff = async (amount: string, arrive: (route: Route) => Promise<unknown>) => {
    const arrived = new Promise((done) => {
      // The till never has an answer.
      void page.route('**/v1/purchases', async (route) => done(await arrive(route)))
    })
    await typeAmount(page, amount)
    await scanByHand(page, await ben.showQr())
    await press(page, 'Done')
    await arrived
    await page.reload()
    await page.unroute('**/v1/purchases')
    await openTill({ page }, mia)
    await nothingWaits(page)
  }
  await sellUntilOff('500', (route) => route.fetch())
  expect((await posted(ben.wallet)).map(({ points }) => points)).toEqual([5])
  await sellUntilOff('700', async () => {})
  expect((await posted(ben.wallet)).map(({ points }) => points)).toEqual([7, 5])
  expect(await ben.available()).toBe(12)
})

test('a network that comes and goes while sales are sent posts each of them once', async () => {
  const cleo = await here.street.join()
  const { context, page } = await openTablet()
  await context.setOffline(true)
  for (const amount of ['300', '400', '500', '600']) await sell(page, amount, cleo)
  // Arrives; arrives, but its answer is lost; is lost itself; and so on.
  const ways = ['through', 'no answer', 'lost', 'through', 'no answer', 'lost']
  const flap = async (route: Route) => {
    const way = ways.shift()
    if (way === undefined || way === 'through') return await route.continue()
    if (way === 'no answer') await route.fetch()
    await route.abort()
  }
  await page.route('**/v1/purchases', flap)
  await context.setOffline(false)
  await press(page, /wait/)
  await expect
    .poll(
      async () => {
        const again = page.getByRole('button', { name: 'Send now' })
        if (await again.isVisible()) await again.click({ timeout: 300 }).catch(() => {})
        return await page.getByText('Nothing waits.').isVisible()
      },
      { timeout: 15_000 },
    )
    .toBe(true)
  const points = (await posted(cleo.wallet)).map((each) => each.points)
  expect(points.toSorted()).toEqual([3, 4, 5, 6])
})

test('when the network comes back in the midst of a round, what it passed over is sent right after it', async () => {
  const bo = await here.street.join()
  const { page } = await openTablet()
  // The round that comes every so often would send it too, later.
  await page.addInitScript(() => Object.assign(window, { setInterval: () => 0 }))
  await page.reload()
  await openTill({ page }, mia)
  const sent: Route[] = []
  await page.route('**/v1/purchases', async (route) => {
    const nth = sent.push(route)
    if (nth !== 2) await (nth === 1 ? route.abort() : route.continue())
  })
  await sell(page, '400', bo)
  await expect.poll(() => sent.length, { timeout: 10_000 }).toBe(2)
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await sent[1]?.abort()
  await nothingWaits(page)
  expect(await posted(bo.wallet)).toMatchObject([{ points: 4 }])
})

test('a sale that the server stumbles over keeps none behind it waiting, and stays in sight', async () => {
  const dora = await here.street.join()
  const { context, page } = await openTablet()
  await context.setOffline(true)
  await sell(page, '100', dora)
  await sell(page, '200', dora)
  await page.route('**/v1/purchases', async (route) => {
    const isFirst = (route.request().postDataJSON() as { amount_minor: number }).amount_minor === 100
    await (isFirst ? route.fulfill({ status: 500 }) : route.continue())
  })
  await context.setOffline(false)
  await page.getByRole('button', { name: '1 waits' }).waitFor()
  expect(await posted(dora.wallet)).toMatchObject([{ points: 2 }])
  await page.unroute('**/v1/purchases')
  await press(page, '1 waits')
  await press(page, 'Send now')
  await says(page, 'Nothing waits.')
  expect((await posted(dora.wallet)).map(({ points }) => points)).toEqual([1, 2])
})

test('of what the server refuses for good the cashier reads which sale it is and what to do; nothing moves', async () => {
  const eve = await here.street.join()
  const florist = await here.street.admit('Florist')
  await hireCashier(here, florist, mia)
  const { context, page } = await openTablet(florist)
  await sellByEmail(page, { amount: '100', email: eve.email, receipt: 'bon-1' })
  await context.setOffline(true)
  await sellByEmail(page, { amount: '900', email: eve.email, receipt: 'bon-1' })
  await sellByEmail(page, { amount: '800', email: 'late@example.org', receipt: 'bon-2' })
  await context.setOffline(false)
  await press(page, '2 need somebody')
  const used = refused(page, 'bon-1')
  await used.getByText('That receipt number was used before.').waitFor()
  expect(await used.innerText()).toMatch(/€9\.00[^]*example\.org/)
  await used.getByRole('button', { name: 'Look at that sale' }).click()
  await page.getByRole('heading', { name: 'Sale of €1.00' }).waitFor()
  await press(page, '2 need somebody')
  expect(await eve.available()).toBe(1)

  // Whoever is enrolled after all gets the points of the time when they bought.
  const late = await florist.post('/v1/customers', { email: 'late@example.org', name: 'Lara' }, null)
  expect(late).toMatchObject({ status: 201 })
  await refused(page, 'bon-2').getByRole('button', { name: 'Try again' }).dblclick()
  await refused(page, 'bon-2').waitFor({ state: 'detached' })
  const given = async () => (await florist.get('/v1/transactions?reference=bon-2')).body.data
  await expect.poll(given, { timeout: 10_000 }).toMatchObject([{ kind: 'issue', points: 8 }])

  await context.setOffline(true)
  await press(page, 'Back')
  await sellByEmail(page, { amount: '700', email: eve.email, receipt: 'bon-3' })
  const { api, network } = here.street
  const left = await api
    .call('patch', `/v1/merchants/${florist.merchant}`, network.operator)
    .send({ left: true })
  expect(left).toMatchObject({ status: 200 })
  await context.setOffline(false)
  await press(page, '2 need somebody')
  await refused(page, 'bon-3').getByText('This shop is no longer a member. Tell the owner.').waitFor()
  expect(await eve.available()).toBe(1)
})

test('a sale rung up by a clock that was a day ahead is refused in sight, and again as often as it is tried', async () => {
  const finn = await here.street.join()
  const { context, page } = await openTablet()
  await context.setOffline(true)
  await page.clock.install({ time: Date.now() + 24 * 60 * 60 * 1000 })
  await page.reload()
  await press(page, 'Go on without a name')
  await sellByEmail(page, { amount: '500', email: finn.email, receipt: 'day-1' })
  await context.setOffline(false)
  await press(page, '1 needs somebody')
  await says(page, 'The time of the sale is more than 7 days ago or in the future.')
  await pressByKeyboard(page, 'Try again')
  await page.getByRole('button', { name: '1 needs somebody' }).waitFor()
  expect(await posted(finn.wallet)).toEqual([])
})

test('that points were not taken is said only when what was sent can arrive no more', async () => {
  const gus = await here.street.join({ points: 50 })
  const { page } = await openTablet()
  await page.route('**/v1/purchases', (route) => route.abort())
  await typeAmount(page, '200')
  await scanByHand(page, await gus.showQr())
  await press(page, 'All 20')
  // Only now: a scanner is told by how fast it types, by the page's own clock.
  await page.clock.install()
  await press(page, 'Done')
  await press(page, 'Take money instead; look later')
  await press(page, '1 waits')
  await press(page, 'Send now')
  await says(page, 'The till looks whether they were')
  await page.clock.fastForward(3 * 60 * 1000)
  // By then the till may have looked by itself, and there is nothing to send any more.
  const sendNow = page.getByRole('button', { name: 'Send now', exact: true })
  await Promise.race([sendNow.click().catch(() => {}), sendNow.waitFor({ state: 'detached' })])
  await says(page, 'It did not go through: no points were taken.')
  expect(await gus.available()).toBe(50)
})

test('a sale that somebody copies in the tablet’s storage is given once; the copy is refused in sight', async () => {
  const hal = await here.street.join()
  const { context, page } = await openTablet()
  await context.setOffline(true)
  await sell(page, '600', hal)
  await page.evaluate(
    () =>
      new Promise((done) => {
        indexedDB.open('tallystick-till').onsuccess = ({ target }) => {
          const store = (target as IDBOpenDBRequest).result
            .transaction('waiting', 'readwrite')
            .objectStore('waiting')
          store.getAll().onsuccess = (read) => {
            const [sale] = (read.target as IDBRequest).result
            store.put({ ...sale, key: crypto.randomUUID() }).onsuccess = done
          }
        }
      }),
  )
  await context.setOffline(false)
  await press(page, '1 needs somebody')
  await says(page, 'That receipt number was used before.')
  expect(await posted(hal.wallet)).toMatchObject([{ points: 6 }])
})

test('when the till’s key has ended, what waits is still shown, to be noted down', async () => {
  const ida = await here.street.join()
  const { context, page, till } = await openTablet()
  await context.setOffline(true)
  await sellByEmail(page, { amount: '400', email: ida.email, receipt: 'end-1' })
  const path = `/v1/merchants/${here.street.bakery.merchant}/tills/${till}`
  await here.street.api.call('delete', path, here.street.network.operator)
  await context.setOffline(false)
  await says(page, 'This till’s key is no longer good.')
  expect(await page.getByRole('listitem').innerText()).toMatch(/€4\.00[^]*end-1/)
})
