import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { setRule } from '../support/api.ts'
import { expectNoBarriers, look, photograph } from './support/look.ts'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'
import { expectBalance, joinInBrowser, walletOf, type WalletUser } from './support/wallet.ts'

let here: BrowserStreet
let ada: WalletUser
let wallet: string

beforeAll(async () => {
  here = await openBrowserStreet({ terms: 'Points are good in every shop.' }, [], ['wallet'])
  const { street } = here
  await setRule(street.api, street.network, { expires_after_months: 1 })
  await tellOfShops()
  ada = await joinInBrowser(here, { email: 'ada@example.org' })
  wallet = await walletOf(here, ada)
  for (const amount of [1240, 23_000, 640]) await street.bakery.buy({ wallet, amount_minor: amount })
  await street.bookshop.buy({ wallet, amount_minor: 4_500 })
  await expectBalance(ada.page, '293')
  await ada.page.getByRole('button', { name: 'Close this notice' }).click()
})
afterAll(() => here?.close())

async function tellOfShops(): Promise<void> {
  const { api, network, bakery, bookshop } = here.street
  const week = [1, 2, 3, 4, 5, 6]
  const morning = week.map((day) => ({ day, opens: '07:00', closes: '12:30' }))
  const afternoon = week.map((day) => ({ day, opens: '14:00', closes: '18:30' }))
  const profiles = {
    [bakery.merchant]: {
      about: 'Bread, cakes, and breakfast from seven.',
      address: '1 Bridge Street',
      hours: [...morning, ...afternoon],
    },
    [bookshop.merchant]: { about: null, address: '14 Mill Lane', hours: afternoon },
  }
  for (const [merchant, profile] of Object.entries(profiles)) {
    const told = await api.call('put', `/v1/merchants/${merchant}/profile`, network.operator).send(profile)
    expect(told.status).toBe(200)
    const explanation = 'Keeps the till’s records of your purchases.\nAsk at the counter.'
    await api.call('put', `/v1/merchants/${merchant}/responsibilities`, network.operator).send({
      responsibilities: [{ purpose: 'membership', role: 'joint_controller', explanation }],
    })
  }
}

const at = (screen: string) => `/wallet/n/${here.street.network.slug}${screen && `/${screen}`}`
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()

/** Goes to a screen as a link does: the page stays, and what axe loaded into it. */
async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
  }, path)
}

test('joining has no barrier, and looks as it should', async () => {
  const context = await here.visit()
  const page = await context.newPage()
  await page.goto('/wallet/')
  await heading(page, 'Your points, in one place')
  await look(page, 'wallet-start')
  await page.goto('/wallet/join/nowhere')
  await page.getByText('There is no network called nowhere.').waitFor()
  await look(page, 'wallet-join-nowhere')
  await page.goto(`/wallet/join/${here.street.network.slug}`)
  await page.getByLabel('E-mail').fill('bea@example.org')
  await look(page, 'wallet-join')
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('Code, 6 digits').waitFor()
  await look(page, 'wallet-join-code')
  await context.close()
})

test('the first screen, paying and what just happened have no barrier', async () => {
  const { page } = ada
  await look(page, 'wallet-home')
  await page.goto(at('pay'))
  await page.getByRole('img', { name: 'QR to pay with' }).waitFor()
  await look(page, 'wallet-pay')
  const beside = await ada.context.newPage()
  // It goes by itself after 8 s, which is too soon to look at it six times.
  await beside.addInitScript(() => {
    const real = window.setTimeout
    window.setTimeout = ((act: () => void, ms?: number) =>
      real(act, ms === 8000 ? 600_000 : ms)) as typeof real
  })
  // It shows what it had before it hears of anything new.
  const listening = beside.waitForResponse(/\/v1\/events/)
  await beside.goto(at(''))
  await expectBalance(beside, '293')
  await listening
  await here.street.bookshop.buy({ wallet, amount_minor: 1000 })
  await beside.getByRole('alert').getByText('10 points from Bookshop').waitFor()
  await beside.getByRole('alert').getByText('You have 303 points.').waitFor()
  await look(beside, 'wallet-news')
  await beside.getByRole('button', { name: 'Close this notice' }).click()
  await beside.getByRole('alert').getByText('10 points').waitFor({ state: 'detached' })
  await beside.close()
})

test('collecting the points of a receipt has no barrier, whether there are any or not', async () => {
  const { street } = here
  const { body } = await street.bakery.post('/v1/claims', undefined, null)
  await street.bakery.buy({ wallet: body.wallet, amount_minor: 700 })
  const page = await ada.context.newPage()
  await page.goto(`/wallet/join/${street.network.slug}#claim=${body.code}`)
  await page
    .getByText(/7 points/)
    .first()
    .waitFor()
  // What just happened covers nothing of it for long; it is looked at above.
  const close = page.getByRole('button', { name: 'Close this notice' })
  if (await close.isVisible()) await close.click()
  await look(page, 'wallet-claim')
  await page.goto(`/wallet/n/${street.network.slug}/claim#claim=AAAA-BBBB`)
  await page.reload()
  await page.getByText('The points of this receipt were collected before').waitFor()
  await expectNoBarriers(page, 'a claim that is gone')
  await photograph(page, 'wallet-claim-gone-360-light')
  await page.close()
})

const pages = [
  ['points', 'Your points'],
  ['history', 'History'],
  ['shops', 'Shops'],
  ['give', 'Give points'],
  ['receive', 'Receive points'],
  ['notices', 'Notices'],
  ['settings', 'More'],
  ['profile', 'Name and e-mail'],
  ['devices', 'Phones and computers'],
  ['consents', 'What you agree to'],
  ['data', 'Your data'],
  ['erase', 'Erase me'],
  ['responsible', 'Who is responsible for my data'],
  ['help', 'Help'],
] as const

test.each(pages)('%s has no barrier, and looks as it should', async (screen, title) => {
  const { page } = ada
  await goTo(page, at(screen))
  await heading(page, title)
  await page.getByText('Loading').waitFor({ state: 'detached' })
  if (screen === 'shops') await page.getByText('Opening hours').first().click()
  await look(page, `wallet-${screen}`)
})

test('details of an entry, a gift before it is made, and the networks have no barrier', async () => {
  const { page } = ada
  await goTo(page, at('history'))
  await page.getByRole('listitem').first().getByRole('link').click()
  await heading(page, 'Details')
  await look(page, 'wallet-details')
  await goTo(page, at('give'))
  await page.getByLabel('How many points').fill('20')
  await page.getByLabel('Their e-mail').fill('bea@example.org')
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('heading', { name: 'Give 20 points' }).waitFor()
  await look(page, 'wallet-give-sure')
  await goTo(page, '/wallet/networks')
  await heading(page, 'Your networks')
  await look(page, 'wallet-networks')
})

test('with text at twice its size nothing is cut off', async () => {
  const page = await ada.context.newPage()
  await page.setViewportSize({ width: 360, height: 740 })
  await page.addInitScript(() => {
    addEventListener('DOMContentLoaded', () => (document.documentElement.style.fontSize = '200%'))
  })
  for (const screen of ['', 'pay', ...pages.map(([name]) => name)]) {
    await page.goto(at(screen))
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await page.evaluate(() => getComputedStyle(document.body).fontSize)).toBe('32px')
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect({ screen, overflow: Math.max(0, overflow) }).toEqual({ screen, overflow: 0 })
    await photograph(page, `wallet-${screen || 'home'}-360-double`)
  }
  // German words are longer, and the card around the QR would cut it off without a scroll bar.
  await page.goto(at('settings'))
  await page.getByLabel('Language').selectOption('de')
  await page.goto(at(''))
  await page.getByText('Punkte schenken').waitFor()
  await page.screenshot({ path: 'tests/.tmp/screenshots/wallet-home-360-double-de.png', fullPage: true })
  const cutOff = await page.locator('.pay-part').evaluate((card) => {
    const edge = card.getBoundingClientRect().right
    const inside = [...card.querySelectorAll('.qr, .button')]
    return inside.filter((each) => each.getBoundingClientRect().right > edge).map((each) => each.className)
  })
  expect(cutOff).toEqual([])
  await page.goto(at('settings'))
  await page.getByLabel('Sprache').selectOption('en')
  await page.getByLabel('Language').waitFor()
})

test('the first screen takes at most 130 kB of JavaScript, compressed by gzip', async () => {
  const context = await here.visit()
  // Files come from the server then, as at the first visit.
  await context.route('**/service-worker.js', (route) => route.abort())
  const { page } = await joinInBrowser(here, { email: 'bea@example.org', context })
  const scripts = new Set<string>()
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.add(request.url())
  })
  await page.reload()
  await page.getByRole('img', { name: 'QR to pay with' }).waitFor()
  let bytes = 0
  for (const script of scripts) {
    const answer = await fetch(script, { headers: { 'Accept-Encoding': 'gzip' } })
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    bytes += Number(answer.headers.get('content-length'))
  }
  expect(scripts.size).toBeGreaterThan(0)
  expect(bytes).toBeLessThanOrEqual(130_000)
  console.log(`first screen: ${bytes} bytes of JavaScript in ${scripts.size} files`)
  await context.close()
})
