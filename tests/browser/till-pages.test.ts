import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { Customer } from '../support/high-street.ts'
import { makeFakeCamera, showAsQr, type FakeCamera } from './support/camera.ts'
import { look } from './support/look.ts'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'
import { hireCashier, introduce, openTill, pairTablet, scanByHand, typeAmount } from './support/tablet.ts'

/** As the till has it. */
const yesShownForMs = 1500
const mia = { name: 'Mia', pin: '4711' }
const longName = 'Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh de la Vega y Montenegro'
let camera: FakeCamera
let here: BrowserStreet
let ada: Customer
let ben: Customer

beforeAll(async () => {
  camera = await makeFakeCamera()
  here = await openBrowserStreet({}, camera.flags, ['till'])
  await hireCashier(here, here.street.bakery, mia)
  ada = await here.street.join({ points: 60 })
  ben = await here.street.join()
  // Names are as long as names get, and written as if they were a part of the page.
  const shop = `/v1/merchants/${here.street.bakery.merchant}`
  await here.street.api.call('patch', shop, here.street.network.operator).send({ name: `<b>${longName}</b>` })
  await introduce(here, ada, {
    name: `<img src=x onerror=alert(1)>${longName}`,
    birthday: new Date().toISOString().slice(5, 10),
  })
  await introduce(here, ben, { name: 'Ben' })
  const network = `/v1/networks/${here.street.network.slug}`
  await here.street.api.call('patch', network, here.street.network.operator).send({ minimum_age: 16 })
})
afterAll(async () => {
  await here?.close()
  await camera?.close()
})

const press = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' }).click()

/** From now on a page that goes by itself stays until somebody goes on. */
async function keepShowing(page: Page): Promise<void> {
  await page.evaluate((shownForMs) => {
    const wait = window.setTimeout
    window.setTimeout = ((heard: () => void, ms: number) =>
      ms === shownForMs ? 0 : wait(heard, ms)) as never
  }, yesShownForMs)
}

/** What is too small for a thumb in a hurry, of everything that is pressed or filled in. */
function findSmallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, input:not([type=checkbox]), select')]
      .map((element) => ({ what: element.outerHTML.slice(0, 80), box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.height < 64 || box.width < 64)
      .map(({ what, box }) => `${what}: ${box.width} × ${box.height}`),
  )
}

/** Fails for what axe finds; notes what is too small to touch. */
function createJudge(page: Page) {
  const small: string[] = []
  const judge = async (name: string) => {
    await look(page, `till-${name}`)
    expect({ name, markup: await page.locator('img, b').count() }).toEqual({ name, markup: 0 })
    small.push(...(await findSmallTargets(page)))
    await page.setViewportSize({ width: 1024, height: 768 })
  }
  return { judge, small }
}

test('every page before and around a sale is readable by everyone, light and dark, on a phone, a tablet and a screen', async () => {
  const tablet = await pairTablet(here, here.street.bakery)
  const { page, context } = tablet
  const { judge, small } = createJudge(page)
  await judge('who')
  await press(page, 'Mia')
  await page.keyboard.type('47', { delay: 80 })
  await judge('pin')
  await press(page, 'Back')
  await openTill(tablet, mia)
  await typeAmount(page, '12345678')
  await judge('amount')
  await camera.see(await showAsQr(await here.visit(), 'https://example.org/'))
  await press(page, 'Scan')
  await page.getByText('That is neither a wallet’s QR nor a card.').waitFor()
  await judge('scan-refused')
  await press(page, 'Phone, e-mail or card')
  await judge('find')
  await press(page, 'New customer')
  await judge('enrol')
  await press(page, 'Back')
  await scanByHand(page, await ada.showQr())
  await press(page, 'All 60')
  await page.getByText('gives 123,450 points').waitFor()
  await judge('customer')
  const elsewhere = { qr: await ada.showQr(), points: 10, reference: 'book-1' }
  await here.street.bookshop.post('/v1/redemptions', elsewhere)
  await press(page, 'Done')
  await page.getByText('Not enough points').waitFor()
  await judge('refused')
  expect(small).toEqual([])
  await context.close()
}, 180_000)

test('so is every page after it, and those without a network', async () => {
  const tablet = await pairTablet(here, here.street.bakery)
  const { page, context } = tablet
  await openTill(tablet, mia)
  await keepShowing(page)
  const { judge, small } = createJudge(page)
  await typeAmount(page, '1250')
  await scanByHand(page, await ben.showQr())
  await press(page, 'Done')
  await page.getByText('12 points for Ben').waitFor()
  await judge('yes')
  await press(page, 'Touch to go on')
  await typeAmount(page, '1300')
  await press(page, 'No card')
  await page.getByText('13 points wait under').waitFor()
  await judge('claim')
  await press(page, 'Touch to go on')
  await page.getByRole('button', { name: 'Undo' }).waitFor()
  await press(page, 'Menu')
  await judge('menu')
  await press(page, 'Sales')
  await judge('sales')
  await press(page, /€12.50/)
  await page.getByRole('button', { name: 'Refund all' }).waitFor()
  await judge('past')
  await press(page, 'Refund a part')
  await typeAmount(page, '250')
  await judge('refund')
  await press(page, 'Refund €2.50')
  await page.getByText('Give back €2.50.').waitFor()
  await press(page, 'Menu')
  await press(page, 'Close of day')
  await page.getByText('Taken in money').waitFor()
  await judge('close')
  await press(page, 'Menu')
  await press(page, 'Settings')
  await judge('settings')
  await press(page, 'Menu')
  await press(page, 'Begin training')
  await context.setOffline(true)
  await press(page, 'Menu')
  await press(page, 'End training')
  await typeAmount(page, '900')
  await scanByHand(page, await ben.showQr())
  await page.getByText('Points can’t be taken without the network').waitFor()
  await judge('offline')
  await press(page, 'Done')
  await press(page, 'Touch to go on')
  await press(page, '1 waits')
  await judge('waiting')
  expect(small).toEqual([])
  await context.close()
}, 180_000)

test('so is the page that makes a tablet a till, and the one that says that it is none any more', async () => {
  const context = await here.visit({ viewport: { width: 1024, height: 768 } })
  const page = await context.newPage()
  const { judge, small } = createJudge(page)
  await page.goto('/till/')
  await page.getByLabel('Pairing code').fill('0000-0000')
  await judge('pair')
  await press(page, 'Pair')
  await page.getByText('That code is wrong, used or too old.').waitFor()
  await judge('pair-refused')
  await context.close()
  const tablet = await pairTablet(here, here.street.bakery)
  const path = `/v1/merchants/${here.street.bakery.merchant}/tills/${tablet.till}`
  await here.street.api.call('delete', path, here.street.network.operator)
  await tablet.page.reload()
  await tablet.page.getByRole('button', { name: 'Pair again' }).waitFor()
  const lost = createJudge(tablet.page)
  await lost.judge('key-lost')
  expect([...small, ...lost.small]).toEqual([])
  await tablet.context.close()
}, 120_000)
