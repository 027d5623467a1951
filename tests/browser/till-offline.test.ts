import type { Page, Route } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makeTill } from '../support/api.ts'
import { pressByKeyboard } from './support/keyboard.ts'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'
import {
  askPairingCode,
  hireCashier,
  introduce,
  openTill,
  pairTablet,
  scanByHand,
  typeAmount,
  waitForWorker,
  type Tablet,
} from './support/tablet.ts'

const mia = { name: 'Mia', pin: '4711' }
let here: BrowserStreet

beforeAll(async () => {
  here = await openBrowserStreet({}, [], ['till'])
  await hireCashier(here, here.street.bakery, mia)
})
afterAll(() => here?.close())

/** An open till that would still open without a network. */
async function openTablet(): Promise<Tablet> {
  const tablet = await pairTablet(here, here.street.bakery)
  onTestFinished(() => tablet.context.close())
  await waitForWorker(tablet.page)
  await openTill(tablet, mia)
  return tablet
}

const press = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' }).click()
const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()
const posted = async (wallet: string) =>
  (await here.street.bakery.get(`/v1/transactions?wallet=${wallet}`)).body.data

test('without a network giving waits on the till, outlives sign-out and restart, and is sent once with its own time', async () => {
  const ada = await here.street.join()
  const { context, page } = await openTablet()
  await context.setOffline(true)
  await typeAmount(page, '1200')
  await scanByHand(page, await ada.showQr())
  await says(page, 'Name and points come when the network is back')
  await says(page, 'Points can’t be taken without the network')
  expect(await page.getByRole('slider').count()).toBe(0)
  const before = Date.now()
  await press(page, 'Done')
  await says(page, 'Saved on this till')
  await press(page, 'Touch to go on')
  await press(page, '1 waits')
  await says(page, '€12.00')

  // The tablet is switched off and on again; page and scanner come without a network, and nobody's PIN can be asked.
  await page.reload()
  await says(page, 'No network, so a PIN can’t be checked.')
  await press(page, 'Go on without a name')
  await page.getByRole('button', { name: '1 waits' }).waitFor()
  await typeAmount(page, '300')
  await press(page, 'Phone, e-mail or card')
  await page.getByLabel('Phone, e-mail address or card number').fill(ada.email)
  await press(page, 'Find')
  await press(page, 'Done')
  await press(page, 'Touch to go on')
  await page.getByRole('button', { name: '2 wait' }).waitFor()
  expect(await posted(ada.wallet)).toEqual([])

  await context.setOffline(false)
  await page.getByRole('button', { name: /wait$|waits$/ }).waitFor({ state: 'detached' })
  const sales = await posted(ada.wallet)
  expect(sales.map(({ points }: { points: number }) => points).toSorted()).toEqual([12, 3])
  const first = sales.find(({ points }: { points: number }) => points === 12)
  expect(Math.abs(Date.parse(first.occurred_at) - before)).toBeLessThan(5000)
  expect(await ada.available()).toBe(15)
})

test('two tabs of one till send what waits once', async () => {
  const ben = await here.street.join()
  const { context, page } = await openTablet()
  const other = await context.newPage()
  await other.goto('/till/')
  await openTill({ page: other }, mia)
  await context.setOffline(true)
  for (const amount of ['500', '600', '700']) {
    await typeAmount(page, amount)
    await scanByHand(page, await ben.showQr())
    await press(page, 'Done')
    await press(page, 'Touch to go on')
  }
  await other.getByRole('button', { name: '3 wait' }).waitFor()
  const sent: string[] = []
  context.on('request', (request) => {
    if (request.url().endsWith('/v1/purchases')) sent.push(request.headers()['idempotency-key'] ?? '')
  })
  await context.setOffline(false)
  await other.getByRole('button', { name: /wait$|waits$/ }).waitFor({ state: 'detached' })
  expect([sent.length, new Set(sent).size]).toEqual([3, 3])
  expect(await posted(ben.wallet)).toHaveLength(3)
  expect(await ben.available()).toBe(18)
})

test('when only the answer was lost, the sale is asked for again with the same key, and is there once', async () => {
  const cleo = await here.street.join()
  const { page } = await openTablet()
  const lose = async (route: Route) => {
    await route.fetch()
    await route.abort()
  }
  await page.route('**/v1/purchases', lose)
  await typeAmount(page, '900')
  await scanByHand(page, await cleo.showQr())
  await press(page, 'Done')
  await says(page, 'Saved on this till')
  await press(page, 'Touch to go on')
  await page.unroute('**/v1/purchases', lose)
  await press(page, /waits$/)
  await press(page, 'Send now')
  await says(page, 'Nothing waits. Everything is on the server.')
  expect(await posted(cleo.wallet)).toMatchObject([{ kind: 'issue', points: 9 }])
})

test('when points were to be taken and no answer came, the till asks again; it never takes twice', async () => {
  const dora = await here.street.join({ points: 50 })
  await introduce(here, dora, { name: 'Dora' })
  const { page } = await openTablet()
  const lose = async (route: Route) => {
    await route.fetch()
    await route.abort()
  }
  await page.route('**/v1/purchases', lose)
  await typeAmount(page, '200')
  await scanByHand(page, await dora.showQr())
  await press(page, 'All 20')
  await press(page, 'Done')
  await says(page, 'No answer. It may have gone through or not')
  await page.unroute('**/v1/purchases', lose)
  await press(page, 'Ask again')
  await says(page, '20 points taken from Dora')
  expect(await dora.available()).toBe(30)
  await press(page, 'Touch to go on')
  // Nothing is left to be looked up.
  expect(await page.getByRole('button', { name: /waits|needs somebody/ }).count()).toBe(0)
})

test('when the cashier takes money instead, or the tablet goes off, the till looks later whether it went through', async () => {
  const eve = await here.street.join({ points: 50 })
  const { page } = await openTablet()
  const lose = async (route: Route) => {
    await route.fetch()
    await route.abort()
  }
  await page.route('**/v1/purchases', lose)
  const pay = async () => {
    await typeAmount(page, '200')
    await scanByHand(page, await eve.showQr())
    await press(page, 'All 20')
    await press(page, 'Done')
    await says(page, 'No answer. It may have gone through or not')
  }
  await pay()
  await press(page, 'Take money instead; look later')
  await page.getByRole('button', { name: '1 needs somebody' }).waitFor()
  await pay()
  await page.reload()
  await openTill({ page }, mia)
  await press(page, '2 need somebody')
  await says(page, 'It did go through. If money was taken instead, undo it.')
  expect(await eve.available()).toBe(10)
  await page.getByRole('button', { name: 'Look at that sale' }).first().click()
  await press(page, 'Refund all')
  await says(page, 'Give back €0.00. 20 points given back.')
  expect(await eve.available()).toBe(30)
})

test('what is refused when it is sent stays where staff see why, until somebody has seen to it', async () => {
  const before = (await here.street.bakery.get('/v1/transactions')).body.data
  const { context, page } = await openTablet()
  await context.setOffline(true)
  await typeAmount(page, '400')
  await press(page, 'Phone, e-mail or card')
  await page.getByLabel('Phone, e-mail address or card number').fill('nobody@example.org')
  await press(page, 'Find')
  await press(page, 'Done')
  await press(page, 'Touch to go on')
  await context.setOffline(false)
  await page.getByRole('button', { name: '1 needs somebody' }).waitFor()
  await page.reload()
  await openTill({ page }, mia)
  await press(page, '1 needs somebody')
  await says(page, 'Nobody is known by that.')
  await says(page, 'nobody@example.org')
  await press(page, 'Seen to')
  await page.getByRole('button', { name: '1 needs somebody' }).waitFor({ state: 'detached' })
  expect((await here.street.bakery.get('/v1/transactions')).body.data).toEqual(before)
})

/** Removes the till that the tablet without a network is; with one it becomes another, of the shop named. */
async function becomeAnother({ context, page, till }: Tablet, shop: 'bakery' | 'bookshop'): Promise<void> {
  const { api, network, ...shops } = here.street
  const path = `/v1/merchants/${shops.bakery.merchant}/tills/${till}`
  expect(await api.call('delete', path, network.operator)).toMatchObject({ status: 204 })
  await context.setOffline(false)
  await pressByKeyboard(page, 'Pair again')
  const { id } = await makeTill(api, network, shops[shop].merchant)
  await page.getByLabel('Pairing code').fill(await askPairingCode(here, id))
  await press(page, 'Pair')
}

test('what waited on a till that is gone is sent by the next till of the shop, also what had arrived, and nothing twice', async () => {
  const gus = await here.street.join()
  const tablet = await openTablet()
  const { context, page } = tablet
  const lose = async (route: Route) => {
    await route.fetch()
    await route.abort()
  }
  await page.route('**/v1/purchases', lose)
  await typeAmount(page, '900')
  await scanByHand(page, await gus.showQr())
  await press(page, 'Done')
  await press(page, 'Touch to go on')
  await context.setOffline(true)
  await page.unroute('**/v1/purchases', lose)
  await typeAmount(page, '400')
  await scanByHand(page, await gus.showQr())
  await press(page, 'Done')
  await press(page, 'Touch to go on')
  await page.getByRole('button', { name: '2 wait' }).waitFor()
  await becomeAnother(tablet, 'bakery')
  await openTill(tablet, mia)
  await page.getByRole('button', { name: /waits?$|needs? somebody/ }).waitFor({ state: 'detached' })
  const sales = await posted(gus.wallet)
  expect(sales.map(({ points }: { points: number }) => points).toSorted()).toEqual([4, 9])
})

test('what waited for another shop is not sent for this one, and can be noted and put away', async () => {
  const hal = await here.street.join()
  const tablet = await openTablet()
  const { context, page } = tablet
  await context.setOffline(true)
  await typeAmount(page, '400')
  await scanByHand(page, await hal.showQr())
  await press(page, 'Done')
  await press(page, 'Touch to go on')
  await page.getByRole('button', { name: '1 waits' }).waitFor()
  await becomeAnother(tablet, 'bookshop')
  await press(page, 'Go on without a name')
  await press(page, '1 waits')
  await says(page, 'Of another shop')
  expect(await page.getByRole('button', { name: 'Send now' }).count()).toBe(0)
  await press(page, 'Seen to')
  await says(page, 'Nothing waits.')
  expect(await posted(hal.wallet)).toEqual([])
})

test('a part that was refunded without an answer is not refunded twice by a tablet that was off meanwhile', async () => {
  const ida = await here.street.join()
  const { page } = await openTablet()
  const reference = `ida-${crypto.randomUUID()}`
  await here.street.bakery.buy({ wallet: ida.wallet, amount_minor: 3000, reference })
  const refundPart = async () => {
    await press(page, 'Menu')
    await press(page, 'Sales')
    await page.getByLabel('Receipt number').fill(reference)
    await press(page, 'Find')
    await press(page, /€30.00/)
    await press(page, 'Refund a part')
    await typeAmount(page, '1000')
    await press(page, 'Refund €10.00')
  }
  const lose = async (route: Route) => {
    await route.fetch()
    await route.abort()
  }
  await page.route('**/reversals', lose)
  await refundPart()
  await says(page, 'No answer. It may have gone through or not')
  await page.unroute('**/reversals', lose)
  await page.reload()
  await openTill({ page }, mia)
  await refundPart()
  await says(page, 'Give back €10.00.')
  expect((await posted(ida.wallet)).map(({ kind }: { kind: string }) => kind)).toEqual(['reverse', 'issue'])
  expect(await ida.available()).toBe(20)
})

test('a tablet whose clock is wrong knows the right time also when it starts without a network', async () => {
  const jon = await here.street.join()
  const { context, page } = await openTablet()
  await page.clock.install({ time: Date.now() - 3 * 60 * 60 * 1000 })
  await page.reload()
  await openTill({ page }, mia)
  await context.setOffline(true)
  await page.reload()
  await press(page, 'Go on without a name')
  await typeAmount(page, '500')
  await scanByHand(page, await jon.showQr())
  await press(page, 'Done')
  await press(page, 'Touch to go on')
  await context.setOffline(false)
  await page.getByRole('button', { name: /waits?$/ }).waitFor({ state: 'detached' })
  const [sale] = await posted(jon.wallet)
  expect(Math.abs(Date.parse(sale.occurred_at) - Date.now())).toBeLessThan(60_000)
})

test('the tablet keeps the page and the scanner, and no answer about a person', async () => {
  const finn = await here.street.join({ points: 10 })
  await introduce(here, finn, { name: 'Finn Unforgettable' })
  const { page } = await openTablet()
  await scanByHand(page, await finn.showQr())
  await page.getByRole('heading', { name: 'Finn Unforgettable' }).waitFor()
  const kept = await page.evaluate(async () => {
    const addresses: string[] = []
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) addresses.push(new URL(url).pathname)
    }
    const stores = ['till', 'settings', 'waiting', 'refused', 'receipts', 'asked', 'clock']
    const database = await new Promise<IDBDatabase>((done, failed) => {
      const opening = indexedDB.open('tallystick-till')
      opening.addEventListener('success', () => done(opening.result))
      opening.addEventListener('error', () => failed(new Error('not opened')))
    })
    const rows = await Promise.all(
      stores.map(
        (name) =>
          new Promise((done) => {
            const reading = database.transaction(name).objectStore(name).getAll()
            reading.addEventListener('success', () => done(reading.result))
          }),
      ),
    )
    return { addresses, text: JSON.stringify([rows, { ...localStorage }, { ...sessionStorage }]) }
  })
  expect(kept.addresses).toContain('/till/')
  expect(kept.addresses.some((address) => address.endsWith('.wasm'))).toBe(true)
  expect(kept.addresses.filter((address) => !address.startsWith('/till/'))).toEqual([])
  expect(kept.text).toContain('tk_')
  expect(kept.text).not.toMatch(/Finn|idn_|wal_|Mia/)
})
