import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makeMerchant, setRule } from '../support/api.ts'
import { lastCode } from '../support/phone.ts'
import { tabTo } from './support/keyboard.ts'
import { scanQr } from './support/qr-reader.ts'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'
import {
  balanceOf,
  enterCode,
  expectBalance,
  joinInBrowser,
  joinWithPoints,
  newEmail,
  walletOf,
} from './support/wallet.ts'

let here: BrowserStreet
beforeAll(async () => {
  here = await openBrowserStreet({}, [], ['wallet'])
})
afterAll(() => here?.close())

const join = (points = 0) => joinWithPoints(here, points)
const pay = async (fields: object) =>
  here.street.bookshop.post('/v1/redemptions', { reference: crypto.randomUUID(), ...fields })

test('whoever joins from a poster gives a name, an e-mail and a code; the key made on the phone can be read by nobody', async () => {
  const ada = await join()
  const kept = await ada.page.evaluate(
    () =>
      new Promise<{ extractable: boolean; device: string }>((done) => {
        const opening = indexedDB.open('tallystick-wallet')
        opening.addEventListener('success', () => {
          const getting = opening.result.transaction('membership').objectStore('membership').getAll()
          getting.addEventListener('success', () => {
            const [{ key, device }] = getting.result
            done({ extractable: key.privateKey.extractable, device })
          })
        })
      }),
  )
  expect(kept).toEqual({ extractable: false, device: expect.stringMatching(/^dev_/) })
  await ada.page.getByRole('link', { name: 'More' }).click()
  await ada.page.getByRole('link', { name: 'Name and e-mail' }).click()
  await expect.poll(() => ada.page.getByLabel('Name', { exact: true }).inputValue()).toBe('Ada')
})

test('it can be installed, and whoever joined has the browser asked to keep what only this device has', async () => {
  const context = await here.visit()
  onTestFinished(() => context.close())
  await context.addInitScript(() => {
    // Not on the empty page before it.
    if (!isSecureContext) return
    const keep = navigator.storage.persist.bind(navigator.storage)
    navigator.storage.persist = () => {
      Object.assign(window, { isAskedToKeep: true })
      return keep()
    }
  })
  const { page } = await joinInBrowser(here, { email: newEmail(), context })
  expect(await page.evaluate(() => 'isAskedToKeep' in window)).toBe(true)
  const cdp = await context.newCDPSession(page)
  const { url, data, errors } = await cdp.send('Page.getAppManifest')
  expect({ url, errors }).toEqual({ url: `${here.url}/wallet/manifest.webmanifest`, errors: [] })
  const manifest = JSON.parse(data ?? '')
  expect(manifest).toMatchObject({ start_url: '/wallet/', scope: '/wallet/', display: 'standalone' })
  const sizes = await page.evaluate(
    (icons) =>
      Promise.all(
        icons.map(async ({ src, sizes }: { src: string; sizes: string }) => {
          const image = new Image()
          image.src = src
          await image.decode()
          return [sizes, `${image.naturalWidth}x${image.naturalHeight}`]
        }),
      ),
    manifest.icons.filter(({ type }: { type: string }) => type === 'image/png'),
  )
  expect(sizes).toEqual(
    expect.arrayContaining([
      ['192x192', '192x192'],
      ['512x512', '512x512'],
    ]),
  )
})

test('a wrong code lets nobody in and says what to do', async () => {
  const context = await here.visit()
  const page = await context.newPage()
  await page.goto(`/wallet/join/${here.street.network.slug}`)
  await page.getByLabel('E-mail').fill('wrong@example.org')
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('Code, 6 digits').waitFor()
  const right = lastCode(here.street.api, 'wrong@example.org')
  await page.getByLabel('Code, 6 digits').fill(right === '000000' ? '111111' : '000000')
  await page.getByRole('button', { name: 'Join' }).click()
  await page.getByText('That is not the code. Look at the newest letter.').waitFor()
  await enterCode(here, page, 'wrong@example.org')
  await balanceOf(page).waitFor()
  await context.close()
})

test('whoever joins with a receipt’s link collects the points of that purchase; its code collects nothing twice', async () => {
  const { street } = here
  const claim = await street.bakery.post('/v1/claims', undefined, null)
  const { code, wallet } = claim.body
  await street.bakery.buy({ wallet, amount_minor: 4000 })
  const context = await here.visit()
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(`/wallet/join/${street.network.slug}#claim=${code}`)
  await page.getByText('Points wait for you.').waitFor()
  await page.getByLabel('E-mail').fill('receipt@example.org')
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await enterCode(here, page, 'receipt@example.org')
  await page.getByText('40 points from your receipt are in your wallet.').waitFor()
  await page.getByRole('link', { name: 'Done' }).click()
  await expectBalance(page, '40')

  const other = await join()
  await other.page.goto(`/wallet/join/${street.network.slug}#claim=${code}`)
  await other.page.getByText('The points of this receipt were collected before').waitFor()
  await other.page.getByRole('link', { name: 'Done' }).click()
  await expectBalance(other.page, '0')
})

test('the QR on the screen pays at another shop, the screen says so at once, and the next QR is another', async () => {
  const ada = await join(100)
  const scanned = await scanQr(ada.page)
  expect(scanned).toMatch(/^\d+$/)
  const paid = await pay({ qr: scanned, points: 30 })
  expect(paid).toMatchObject({ status: 201, body: { points: 30, wallet: { available: 70 } } })
  await ada.page.getByRole('alert').getByText('30 points spent at Bookshop').waitFor({ timeout: 3000 })
  await expectBalance(ada.page, '70')
  await ada.page.getByRole('button', { name: 'Close this notice' }).click()
  expect(await scanQr(ada.page)).not.toBe(scanned)
  expect((await pay({ qr: scanned, points: 30 })).body.code).toBe('qr_already_used')
  expect((await pay({ qr: await scanQr(ada.page), points: 30 })).status).toBe(201)
})

test('the history says in words what happened, with details', async () => {
  const ada = await join(12)
  await ada.page.getByRole('link', { name: 'History' }).click()
  const entry = ada.page.getByRole('listitem').filter({ hasText: 'Bakery' })
  expect(await entry.textContent()).toContain('for €12.00')
  expect(await entry.textContent()).toContain('+12')
  await entry.getByRole('link').click()
  await ada.page.getByText('12 points', { exact: true }).waitFor()
  await ada.page.getByRole('definition').getByText('€12.00').first().waitFor()
})

test('the proof that a purchase is in the log is checked on the phone and kept; one that was changed does not pass', async () => {
  const ada = await join(12)
  await ada.page.getByRole('link', { name: 'History' }).click()
  await ada.page.getByRole('listitem').filter({ hasText: 'Bakery' }).getByRole('link').click()
  const check = ada.page.getByRole('button', { name: 'Check and keep the proof' })
  const checked = ada.page.getByText(/^Checked on this phone/)
  // The log signs within a second or two.
  const tryAgain = async () => {
    if ((await check.count()) > 0) await check.click()
    return await checked.isVisible()
  }
  await expect.poll(tryAgain, { timeout: 10_000, interval: 500 }).toBe(true)
  const [file] = await Promise.all([
    ada.page.waitForEvent('download'),
    ada.page.getByRole('button', { name: 'Save the proof' }).click(),
  ])
  expect(file.suggestedFilename()).toMatch(/^txn_\w+\.tlog-proof$/)

  await ada.page.route('**/receipt', async (route) => {
    const answer = await route.fetch()
    const receipt = await answer.json()
    await route.fulfill({
      response: answer,
      json: { ...receipt, proof: receipt.proof.replace(/extra (.)/, 'extra A') },
    })
  })
  await ada.page.reload()
  await ada.page.getByRole('button', { name: 'Check and keep the proof' }).click()
  await ada.page.getByText('The proof does not fit.').waitFor()
})

test('points are shown by when they end and which shop gave them', async () => {
  const ada = await join(40)
  await ada.page.getByRole('link', { name: 'More' }).click()
  await ada.page.getByRole('link', { name: 'Your points and when they end' }).click()
  const part = ada.page.getByRole('listitem').filter({ hasText: 'from Bakery' })
  expect(await part.textContent()).toContain('40')
  await ada.page.getByRole('heading', { name: 'Never end' }).waitFor()
})

test('points that end soon are told of on the first screen and in the notices: how many, on which day, and from whom', async () => {
  const elsewhere = await here.street.elsewhere()
  await setRule(elsewhere.api, elsewhere.network, { expires_after_months: 1 })
  const there = { ...here, street: elsewhere }
  const ada = await joinInBrowser(there, { email: newEmail() })
  onTestFinished(() => ada.context.close())
  const { page } = ada
  const wallet = await walletOf(there, ada)
  const answered = page.waitForResponse(
    async (answer) =>
      answer.url().endsWith(`/v1/wallets/${wallet}`) && (await answer.json()).available === 42,
  )
  await elsewhere.bakery.buy({ wallet, amount_minor: 3000 })
  await elsewhere.bakery.buy({ wallet, amount_minor: 1000 })
  await elsewhere.bookshop.buy({ wallet, amount_minor: 200 })
  const { lots } = await (await answered).json()
  await page.getByRole('button', { name: 'Close this notice' }).click()
  // The last moment at which they are good.
  const lastDay = new Date(Date.parse(lots[0].expires_at) - 1)
  const inWords = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', options).format(lastDay)
  const told = `42 points end ${inWords({ day: 'numeric', month: 'short' })}`
  await page.getByRole('link', { name: told }).waitFor()
  await page.getByRole('link', { name: /^Notices.*1 new/ }).click()
  await page.getByRole('link', { name: told }).click()
  const ending = page.locator('.ending').filter({ hasText: inWords({ dateStyle: 'full' }) })
  await ending.waitFor()
  expect(await ending.getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringMatching(/^from Bakery\s+40$/),
    expect.stringMatching(/^from Bookshop\s+2$/),
  ])
})

test('for whoever asks for less motion nothing moves: what just happened is simply there', async () => {
  const longestMotion = async (reducedMotion: 'no-preference' | 'reduce') => {
    const context = await here.visit({ reducedMotion })
    onTestFinished(() => context.close())
    await context.addInitScript(() => {
      const seen: number[] = []
      Object.assign(window, { seen })
      addEventListener('animationstart', ({ target }) => {
        const all = (target as Element).getAnimations()
        seen.push(...all.map(({ effect }) => Number(effect?.getComputedTiming().duration)))
      })
    })
    const ada = await joinInBrowser(here, { email: newEmail(), context })
    await here.street.bakery.buy({ wallet: await walletOf(here, ada), amount_minor: 500 })
    await ada.page.getByRole('alert').getByText('5 points from Bakery').waitFor()
    return await ada.page.evaluate(() => Math.max(...(window as unknown as { seen: number[] }).seen))
  }
  expect(await longestMotion('no-preference')).toBeGreaterThanOrEqual(100)
  expect(await longestMotion('reduce')).toBeLessThanOrEqual(1)
})

test('shops show when they are open and what they give', async () => {
  const { street } = here
  const hours = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, opens: '00:00', closes: '23:59' }))
  const told = { about: '<b>Bread</b> and cakes', address: '1 Bridge Street', hours }
  const { merchant } = street.bakery
  await street.api.call('put', `/v1/merchants/${merchant}/profile`, street.network.operator).send(told)
  const ada = await join()
  await ada.page.getByRole('link', { name: 'Shops' }).click()
  const bakery = ada.page
    .getByRole('listitem')
    .filter({ has: ada.page.getByRole('heading', { name: 'Bakery' }) })
  await bakery.getByText(/Open until|Opens at/).waitFor()
  await bakery.getByText('1 point for each €1').waitFor()
  // What people wrote is text, whatever it looks like.
  expect(await bakery.textContent()).toContain('<b>Bread</b> and cakes')
})

test('points are given by e-mail after one more question, and whoever gets them is told at once', async () => {
  const [ada, bea] = [await join(50), await join()]
  await ada.page.getByRole('link', { name: 'Give points' }).click()
  await ada.page.getByLabel('How many points').fill('20')
  await ada.page.getByLabel('Their e-mail').fill(bea.email)
  await ada.page.getByRole('button', { name: 'Go on' }).click()
  await ada.page.getByRole('heading', { name: `Give 20 points to ${bea.email}?` }).waitFor()
  await ada.page.getByRole('button', { name: 'Give 20 points' }).click()
  await ada.page.getByText('20 points were given. You have 30.').waitFor()
  await bea.page.getByRole('alert').getByText('20 points: a gift to you').waitFor()
  await expectBalance(bea.page, '20')
})

test('points are given to whoever shows the QR for it; an address that nobody joined with gets none', async () => {
  const [ada, bea] = [await join(50), await join()]
  await bea.page.getByRole('link', { name: 'Give points' }).click()
  await bea.page.getByRole('link', { name: 'Receive points' }).click()
  const link = await scanQr(bea.page)
  expect(link).toBe(`${here.url}/wallet/give/${here.street.network.slug}#${bea.wallet}`)
  await ada.page.goto(link)
  await ada.page.getByLabel('How many points').fill('5')
  await ada.page.getByRole('button', { name: 'Go on' }).click()
  await ada.page.getByRole('button', { name: 'Give 5 points' }).click()
  await ada.page.getByText('5 points were given. You have 45.').waitFor()

  await ada.page.goto(`/wallet/n/${here.street.network.slug}/give`)
  await ada.page.getByLabel('How many points').fill('5')
  await ada.page.getByLabel('Their e-mail').fill('nobody@example.org')
  await ada.page.getByRole('button', { name: 'Go on' }).click()
  await ada.page.getByRole('button', { name: 'Give 5 points' }).click()
  await ada.page.getByText('Nobody with this address has joined here.').waitFor()
})

test('however many shops a network has, who joins has the form before them, and the others one press away', async () => {
  const { api } = here.street
  const large = await here.street.elsewhere()
  for (let i = 1; i <= 30; i++)
    await makeMerchant(api, large.network, { name: `Shop ${String(i).padStart(2, '0')}` })
  const page = await (await here.visit({ viewport: { width: 360, height: 740 } })).newPage()
  await page.goto(`/wallet/join/${large.network.slug}`)
  await page.getByText('Bakery · Bookshop · Shop 01 · Shop 02 · Shop 03 · Shop 04').waitFor()
  const others = page.getByText('Shop 05 · Shop 06')
  expect(await others.isVisible()).toBe(false)
  expect((await page.getByLabel('E-mail').boundingBox())!.y).toBeLessThan(740)
  await tabTo(page, 'and 26 more shops')
  await page.keyboard.press('Enter')
  await others.waitFor()
  await page.getByText('Shop 30').waitFor()
  // A few are named outright.
  await page.goto(`/wallet/join/${here.street.network.slug}`)
  await page.getByText('Bakery · Bookshop', { exact: true }).waitFor()
  expect(await page.getByText('more shop').count()).toBe(0)
  await page.context().close()
})

test('opening hours are told as people write the time where the shops are, whatever the phone says', async () => {
  const { api } = here.street
  const british = await here.street.elsewhere()
  const { network, bakery } = british
  const path = `/v1/networks/${network.slug}`
  expect(await api.call('patch', path, network.operator).send({ locale: 'en-GB' })).toMatchObject({
    status: 200,
  })
  const hours = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, opens: '09:00', closes: '17:30' }))
  const told = { about: null, address: null, hours }
  await api.call('put', `/v1/merchants/${bakery.merchant}/profile`, network.operator).send(told)
  const ada = await joinInBrowser(
    { ...here, street: british },
    { email: 'american@example.org', context: await here.visit({ locale: 'en-US' }) },
  )
  await ada.page.getByRole('link', { name: 'Shops' }).click()
  await ada.page.getByText('Opening hours').click()
  await ada.page.getByText('09:00 – 17:30').first().waitFor()
  expect(await ada.page.getByText(/ [AP]M/i).count()).toBe(0)
  await ada.context.close()
})

test('joining goes by keyboard alone', async () => {
  const context = await here.visit()
  const page = await context.newPage()
  await page.goto(`/wallet/join/${here.street.network.slug}`)
  await page.getByLabel('E-mail').waitFor()
  await tabTo(page, 'Your name')
  await page.keyboard.type('Kay')
  await tabTo(page, 'E-mail')
  await page.keyboard.type('kay@example.org')
  await page.keyboard.press('Enter')
  await page.getByLabel('Code, 6 digits').waitFor()
  await tabTo(page, 'Code, 6 digits')
  await page.keyboard.type(lastCode(here.street.api, 'kay@example.org'))
  await page.keyboard.press('Enter')
  await balanceOf(page).waitFor()
  await context.close()
})
