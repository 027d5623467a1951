import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { writeDigits } from '../../api/qr/digits.ts'
import { makeTill } from '../support/api.ts'
import { makeFakeCamera, showCard, showWallet, type FakeCamera } from './support/camera.ts'
import { pressByKeyboard, tabTo } from './support/keyboard.ts'
import { scanQr } from './support/qr-reader.ts'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'
import {
  askPairingCode,
  hireCashier,
  introduce,
  openTill,
  pairTablet,
  scanByHand,
  typeAmount,
  type Tablet,
} from './support/tablet.ts'
import { enterCode, expectBalance, joinInBrowser, walletOf } from './support/wallet.ts'

const mia = { name: 'Mia', pin: '4711' }
let camera: FakeCamera
let here: BrowserStreet
let tablet: Tablet
let page: Tablet['page']

beforeAll(async () => {
  camera = await makeFakeCamera()
  here = await openBrowserStreet({}, camera.flags)
  await hireCashier(here, here.street.bakery, mia)
  tablet = await pairTablet(here, here.street.bakery)
  page = tablet.page
  await openTill(tablet, mia)
})
afterAll(async () => {
  await here?.close()
  await camera?.close()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await page.screenshot({ path: 'tests/.tmp/till-failed.png' })
})

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' })
const says = (text: string | RegExp) => page.getByText(text).first().waitFor()
const transactions = async () => (await here.street.bakery.get('/v1/transactions?limit=100')).body.data

/** Somebody with a name and so many points. */
async function join(name: string, points: number) {
  const customer = await here.street.join({ points })
  await introduce(here, customer, { name })
  return customer
}

test('three touches after the amount: the wallet’s QR by camera, all points, done; the wallet’s screen says so at once', async () => {
  const email = 'ada@example.org'
  const phone = await joinInBrowser(here, { email })
  const wallet = await walletOf(here, phone)
  await here.street.bakery.buy({ wallet, amount_minor: 6000 })
  await expectBalance(phone.page, '60')
  const closeNotice = () => phone.page.getByRole('button', { name: 'Close this notice' }).click()
  await closeNotice()
  await camera.see(await showWallet(phone.page))
  await typeAmount(page, '1000')
  await button('Scan').click()
  await page.getByRole('heading', { name: 'Ada' }).waitFor()
  await button('All 60').click()
  await says('gives 4 points')
  await button('Done').click()
  await says('60 points taken from Ada')
  await says('To pay: €4.00')
  await phone.page.getByRole('alert').getByText('56 points spent at Bakery').waitFor()
  await expectBalance(phone.page, '4')
  await closeNotice()
  await button('Touch to go on').click()

  // The phone loses its network: it makes its QR by itself, and the till takes it all the same.
  await phone.context.setOffline(true)
  await camera.see(await showWallet(phone.page))
  await typeAmount(page, '300')
  await button('Scan').click()
  await page.getByRole('heading', { name: 'Ada' }).waitFor()
  await button('All 4').click()
  await button('Done').click()
  await says('4 points taken from Ada')
  await button('Touch to go on').click()
  expect((await here.street.bakery.get(`/v1/wallets/${wallet}`)).body.available).toBe(2)
  await phone.context.setOffline(false)
  await expectBalance(phone.page, '2')
  await phone.context.close()
})

test('a scanner that types its digits identifies the customer, and leaves the amount alone', async () => {
  const ben = await join('Ben', 5)
  await typeAmount(page, '730')
  await scanByHand(page, writeDigits(await ben.showQr()))
  await page.getByRole('heading', { name: 'Ben' }).waitFor()
  await says('€7.30')
  await button('Done').click()
  await says('7 points for Ben')
  expect(await ben.available()).toBe(12)
})

test('before the sale it says who it is, how long they have come here, and one kind thing', async () => {
  const cleo = await here.street.join({ points: 1 })
  await introduce(here, cleo, { name: 'Cleo', birthday: new Date().toISOString().slice(5, 10) })
  await scanByHand(page, await cleo.showQr())
  await page.getByRole('heading', { name: 'Cleo' }).waitFor()
  await says(/1st visit .* birthday this week/)
  await says('1 point to spend')
  expect(await page.locator('.kind').innerText()).toBe('Say happy birthday.')
  await button('Cancel').click()
})

test('by e-mail points are given; for taking them the till says that it needs the QR', async () => {
  const dora = await join('Dora', 30)
  await typeAmount(page, '500')
  await button('Phone, e-mail or card').click()
  await page.getByLabel('Phone, e-mail address or card number').fill('nobody@example.org')
  await button('Find').click()
  await says('Nobody is known by that.')
  await page.getByLabel('Phone, e-mail address or card number').fill(dora.email)
  await button('Find').click()
  await page.getByRole('heading', { name: 'Dora' }).waitFor()
  await says('Points can be taken with the customer’s QR only.')
  expect(await page.getByRole('slider').count()).toBe(0)
  await button('Done').click()
  await says('5 points for Dora')
  expect(await dora.available()).toBe(35)
})

test('somebody new is enrolled with a card and gets the points of the sale; by the card they are found again, typed or seen', async () => {
  await typeAmount(page, '900')
  await button('New customer').click()
  await page.getByLabel('Name').fill('<img src=x onerror=alert(1)>Eve')
  await page.getByLabel('Phone, e-mail or a new card').fill('2900 0000 4711')
  await button('Enrol').click()
  // What people write is shown as they wrote it, and becomes no part of the page.
  await page.getByRole('heading', { name: '<img src=x onerror=alert(1)>Eve' }).waitFor()
  expect(await page.locator('img').count()).toBe(0)
  await says('A first visit here: say welcome.')
  await button('Done').click()
  await says(/^9 points for/)
  await button('Touch to go on').click()
  for (const show of [
    () => scanByHand(page, '290000004711'),
    async () => {
      await camera.see(await showCard(await here.visit(), '290000004711'))
      await button('Scan').click()
    },
  ]) {
    await show()
    await page.getByRole('heading', { name: /Eve/ }).waitFor()
    await says('9 points to spend')
    await button('Cancel').click()
  }
})

test('somebody new is enrolled with a phone number in less than 15 seconds, and found by it', async () => {
  const began = Date.now()
  await button('New customer').click()
  await page.getByLabel('Name').fill('Pia')
  await page.getByLabel('Phone, e-mail or a new card').fill('+44 20 7946 0123')
  await button('Enrol').click()
  await page.getByRole('heading', { name: 'Pia' }).waitFor()
  expect(Date.now() - began).toBeLessThan(15_000)
  await button('Cancel').click()
  await button('Phone, e-mail or card').click()
  await page.getByLabel('Phone, e-mail address or card number').fill('+442079460123')
  await button('Find').click()
  await page.getByRole('heading', { name: 'Pia' }).waitFor()
  await button('Cancel').click()
})

test('without a card the points wait under a code: as a QR and in letters, to be photographed or printed, for whoever joins', async () => {
  await typeAmount(page, '1300')
  await button('No card').click()
  await says(/^13 points wait under \w{4}-\w{4}$/)
  await page.evaluate(() => Object.assign(window, { prints: 0, print: () => (window as never)['prints']++ }))
  await button('Print').click()
  expect(await page.evaluate(() => (window as never)['prints'])).toBe(1)
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByRole('button').count()).toBe(0)
  const link = await scanQr(page)
  await page.emulateMedia({ media: 'screen' })
  await button('Touch to go on').click()
  const code = /#claim=([\w-]+)$/.exec(link)?.[1] ?? 'none'
  await says(`13 points wait under ${code}`)

  const phone = await (await here.visit()).newPage()
  await phone.goto(link)
  await phone.getByText('Points wait for you.').waitFor()
  await phone.getByLabel('E-mail').fill('una@example.org')
  await phone.getByRole('button', { name: 'Send me a code' }).click()
  await enterCode(here, phone, 'una@example.org')
  await phone.getByText('13 points from your receipt are in your wallet.').waitFor()
  await phone.context().close()
})

test('in training, without an amount, or without the network nobody gets a code', async () => {
  const before = await transactions()
  await button('No card').click()
  await says('Enter an amount to give or take points.')
  await typeAmount(page, '300')
  await tablet.context.setOffline(true)
  await button('No card').click()
  await says('No network, so there is no code to give.')
  await tablet.context.setOffline(false)
  await button('Menu').click()
  await button('Begin training').click()
  await typeAmount(page, '300')
  await button('No card').click()
  await says('Practice: no code was made.')
  await button('Menu').click()
  await button('End training').click()
  expect(await transactions()).toEqual(before)
})

test('whoever is scanned next is shown anew: nothing of the one before is taken over', async () => {
  const [rosa, sam] = [await join('Rosa', 80), await join('Sam', 20)]
  await typeAmount(page, '1000')
  await scanByHand(page, await rosa.showQr())
  await button('All 80').click()
  await scanByHand(page, await sam.showQr())
  await page.getByRole('heading', { name: 'Sam' }).waitFor()
  await says('20 points to spend')
  await button('Done').click()
  await says('10 points for Sam')
  expect([await rosa.available(), await sam.available()]).toEqual([80, 30])
  await button('Touch to go on').click()
})

test('what another shop took meanwhile is not taken twice: the till says how much is there and takes that', async () => {
  const finn = await join('Finn', 50)
  await typeAmount(page, '400')
  await scanByHand(page, await finn.showQr())
  await button('All 40').click()
  const elsewhere = { qr: await finn.showQr(), points: 30, reference: 'book-1' }
  expect(await here.street.bookshop.post('/v1/redemptions', elsewhere)).toMatchObject({ status: 201 })
  await button('Done').click()
  await says('Not enough points: Finn has 20, this needs 40.')
  expect(await finn.available()).toBe(20)
  await button('Take 20?').click()
  await says('20 points taken from Finn')
  expect(await finn.available()).toBe(2)
  await button('Touch to go on').click()
})

test('yes is two rising notes and no is one low one, each beside what is seen', async () => {
  const otto = await join('Otto', 0)
  await page.evaluate(() => {
    const tones: number[] = []
    const Real = window.OscillatorNode
    window.OscillatorNode = class extends Real {
      constructor(context: BaseAudioContext, options?: OscillatorOptions) {
        super(context, options)
        tones.push(options?.frequency ?? 0)
      }
    }
    Object.assign(window, { tones })
  })
  const heard = () => page.evaluate(() => (window as unknown as { tones: number[] }).tones.splice(0))
  const qr = await otto.showQr()
  await typeAmount(page, '200')
  await scanByHand(page, qr)
  await button('Done').click()
  await says('2 points for Otto')
  expect(await heard()).toEqual([660, 990])
  await button('Touch to go on').click()
  await scanByHand(page, qr)
  await says('This QR was already used.')
  expect(await heard()).toEqual([196])
})

test('a locked wallet is not spent from; its points may still be given', async () => {
  const gwen = await join('Gwen', 50)
  await here.street.api.call('put', `/v1/wallets/${gwen.wallet}/lock`, gwen.token).send({ locked: true })
  await typeAmount(page, '300')
  await scanByHand(page, await gwen.showQr())
  await button('All 30').click()
  await button('Done').click()
  await says('Gwen locked the points against spending.')
  expect(await gwen.available()).toBe(50)
  await button('Only give points').click()
  await says('3 points for Gwen')
  expect(await gwen.available()).toBe(53)
  await button('Touch to go on').click()
})

test('the last sale is undone with one touch, and only once', async () => {
  const hugo = await join('Hugo', 0)
  await typeAmount(page, '1100')
  await scanByHand(page, await hugo.showQr())
  await button('Done').click()
  await button('Touch to go on').click()
  expect(await hugo.available()).toBe(11)
  await button('Undo').dblclick()
  await says('Undone. Give back €11.00. Hugo has 0.')
  expect(await hugo.available()).toBe(0)
  const { data } = (await here.street.bakery.get(`/v1/transactions?wallet=${hugo.wallet}`)).body
  expect(data.map(({ kind }: { kind: string }) => kind)).toEqual(['reverse', 'issue'])
})

test('goods that come back are refunded in part, found by the receipt', async () => {
  const iris = await join('Iris', 0)
  await here.street.bakery.buy({ wallet: iris.wallet, amount_minor: 2000, reference: 'bon-77' })
  await button('Menu').click()
  await button('Sales').click()
  await page.getByLabel('Receipt number').fill('bon-78')
  await button('Find').click()
  await says('No sale with that receipt number. Check it.')
  await page.getByLabel('Receipt number').fill('bon-77')
  await button('Find').click()
  await button(/€20.00/).click()
  await button('Refund a part').click()
  await typeAmount(page, '550')
  await button('Refund €5.50').click()
  await says('Give back €5.50. 6 points taken back.')
  expect(await iris.available()).toBe(14)
  await button('Back').click()
})

test('a sale of the wrong customer moves to the right one', async () => {
  const [jack, kate] = [await join('Jack', 0), await join('Kate', 0)]
  await here.street.bakery.buy({ wallet: jack.wallet, amount_minor: 800, reference: 'bon-79' })
  await button('Menu').click()
  await button('Sales').click()
  await page.getByLabel('Receipt number').fill('bon-79')
  await button('Find').click()
  await button(/€8.00/).click()
  await button('Wrong customer').click()
  await scanByHand(page, await kate.showQr())
  await says('Moved. 8 points for Kate.')
  expect([await jack.available(), await kate.available()]).toEqual([0, 8])
  await button('Back').click()
  await page.getByRole('heading', { name: 'Sales' }).waitFor()
  await button('Back').click()
})

test('a QR that was used is refused in words that say what to do, and nothing moves', async () => {
  const liam = await join('Liam', 20)
  const qr = await liam.showQr()
  const elsewhere = { qr, points: 1, reference: 'book-2' }
  expect(await here.street.bookshop.post('/v1/redemptions', elsewhere)).toMatchObject({ status: 201 })
  const before = await transactions()
  await scanByHand(page, qr)
  await says('This QR was already used. Ask for a fresh one: it renews by itself.')
  expect(await transactions()).toEqual(before)
})

test('fingers faster than a scanner is told by lose no digit', async () => {
  const typeAtOnce = (keys: readonly string[]) =>
    page.evaluate((all) => {
      for (const key of all) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    }, keys)
  const amount = page.locator('.amount .figure')
  await typeAtOnce([...'1240'])
  await expect.poll(() => amount.innerText()).toBe('€12.40')
  await typeAtOnce(Array.from({ length: 4 }, () => 'Backspace'))
  await expect.poll(() => amount.innerText()).toBe('€0.00')
})

test('a whole sale goes by keyboard alone', async () => {
  const mona = await join('Mona', 10)
  await page.locator('body').click({ position: { x: 2, y: 2 } })
  await page.keyboard.type('1240', { delay: 80 })
  await pressByKeyboard(page, 'Phone, e-mail or card')
  await pressByKeyboard(page, 'Phone, e-mail address or card number')
  await page.keyboard.type(mona.email)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Mona' }).waitFor()
  await says('€12.40')
  await pressByKeyboard(page, 'Done')
  await says('12 points for Mona')
  await page.keyboard.press('Escape')
  expect(await mona.available()).toBe(22)
})

test('a tablet is paired, opened, used and closed for the day by keyboard alone', async () => {
  const { street } = here
  const { id: till } = await makeTill(street.api, street.network, street.bakery.merchant)
  const context = await here.visit()
  const tab = await context.newPage()
  const heading = (name: string) => tab.getByRole('heading', { name }).waitFor()
  await tab.goto('/till/')
  await tabTo(tab, 'Pairing code')
  await tab.keyboard.type(await askPairingCode(here, till))
  await tab.keyboard.press('Enter')
  await heading('Who is at the till?')
  await pressByKeyboard(tab, 'Mia')
  await tab.keyboard.type(mia.pin, { delay: 70 })
  await tab.keyboard.press('Enter')
  await tab.getByText('€0.00').waitFor()
  await tab.keyboard.type('500', { delay: 70 })
  await pressByKeyboard(tab, 'New customer')
  await tabTo(tab, 'Name')
  await tab.keyboard.type('Tove')
  await tabTo(tab, 'Phone, e-mail or a new card')
  await tab.keyboard.type('tove@example.org')
  await tab.keyboard.press('Enter')
  await heading('Tove')
  await tab.keyboard.press('Enter')
  await tab.getByText('5 points for Tove').first().waitFor()
  await tab.keyboard.press('Enter')
  await pressByKeyboard(tab, 'Menu')
  // The first of the menu has the focus.
  await tab.keyboard.press('Enter')
  await heading('Sales')
  await pressByKeyboard(tab, /€5.00/)
  await pressByKeyboard(tab, 'Refund all')
  await tab.getByText('Give back €5.00. 5 points taken back.').waitFor()
  await pressByKeyboard(tab, 'Menu')
  await pressByKeyboard(tab, 'Close of day')
  expect(await tab.getByText('Given back in money').locator('..').innerText()).toContain('€5.00')
  await context.close()
})

test('in training nothing is recorded, and every screen says so', async () => {
  const nils = await join('Nils', 40)
  const before = await transactions()
  await button('Menu').click()
  await button('Begin training').click()
  const banner = page.getByText('Training: nothing is recorded')
  await banner.waitFor()
  await typeAmount(page, '1000')
  await scanByHand(page, await nils.showQr())
  await page.getByRole('heading', { name: 'Paula Practice' }).waitFor()
  await banner.waitFor()
  await button('All 100').click()
  await button('Done').click()
  await says('100 points taken from Paula Practice')
  await button('Touch to go on').click()
  await button('Undo').click()
  await button('Menu').click()
  await button('Sales').click()
  await says('In training nothing is recorded')
  await banner.waitFor()
  await button('Back').click()
  await button('Menu').click()
  await button('End training').click()
  expect(await nils.available()).toBe(40)
  expect(await transactions()).toEqual(before)
  expect(await banner.count()).toBe(0)
})

test('the close of day tells what the till took and gave, as the books say', async () => {
  const path = `/v1/reports/day?till=${tablet.till}`
  const { body } = await here.street.api.call('get', path, here.street.network.operator)
  await button('Menu').click()
  await button('Close of day').click()
  await says('Taken in money')
  const shown = await page.locator('dl div').allInnerTexts()
  const figure = (name: string) => shown.find((each) => each.startsWith(name))?.replace(/[^\d]/g, '')
  expect(figure('Sales')).toBe(String(body.totals.sales))
  expect(figure('Points given')).toBe(String(body.totals.points_given))
  expect(figure('Points taken')).toBe(String(body.totals.points_taken))
  expect(figure('Taken in money')).toBe(String(body.totals.money_minor))
  expect(figure('Given back in money')).toBe(String(body.totals.refunded_minor))
  await button('Back').click()
})

test('a wrong PIN opens nothing; the till speaks German when asked, and remembers it', async () => {
  await button('Menu').click()
  await button('Settings').click()
  await page.getByLabel('Language').selectOption('de')
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor()
  await page.reload()
  await button('Mia').click()
  for (const digit of '9999') await button(digit).click()
  await button('Kasse öffnen').click()
  await says('Die PIN ist falsch.')
  expect(await button('Scannen').count()).toBe(0)
  for (const digit of mia.pin) await button(digit).click()
  await button('Kasse öffnen').click()
  await says('Neuer Kunde')
})

test('no cookie signs the till in, so no other page can act as it; a lost key is told of, and paired anew', async () => {
  expect(await tablet.context.cookies()).toEqual([])
  const other = await here.visit()
  const stranger = await other.newPage()
  await stranger.goto('/till/')
  await stranger.getByLabel('Pairing code').fill(await askPairingCode(here, tablet.till))
  await stranger.getByRole('button', { name: 'Pair' }).click()
  await stranger.getByRole('heading', { name: 'Who is at the till?' }).waitFor()
  await page.reload()
  await says('Der Schlüssel dieser Kasse gilt nicht mehr.')
  await button('Neu koppeln').click()
  await page.getByLabel('Kopplungscode').fill('0000-0000')
  await button('Koppeln').click()
  await says('Der Code ist falsch, verbraucht oder zu alt.')
})
