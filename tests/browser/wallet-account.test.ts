import { afterAll, beforeAll, expect, test } from 'vitest'
import { pressByKeyboard, tabTo } from './support/keyboard.ts'
import { scanQr } from './support/qr-reader.ts'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'
import { expectBalance, joinInBrowser, joinWithPoints } from './support/wallet.ts'

let here: BrowserStreet
beforeAll(async () => {
  here = await openBrowserStreet({}, [], ['wallet'])
})
afterAll(() => here?.close())

const join = (points = 0) => joinWithPoints(here, points)
const pay = async (fields: object) =>
  here.street.bookshop.post('/v1/redemptions', { reference: crypto.randomUUID(), ...fields })

test('a locked wallet spends nothing, shows no QR, and is unlocked again, all by keyboard', async () => {
  const ada = await join(50)
  const qr = await scanQr(ada.page)
  await pressByKeyboard(ada.page, 'More')
  await ada.page.getByRole('switch').waitFor()
  await tabTo(ada.page, /locked/i)
  await ada.page.keyboard.press('Space')
  await ada.page.getByRole('switch', { checked: true }).waitFor()
  expect((await pay({ qr, points: 1 })).body.code).toBe('wallet_locked')
  await pressByKeyboard(ada.page, 'Wallet')
  await ada.page.getByText('Your points are locked.').waitFor()
  expect(await ada.page.locator('svg.qr').count()).toBe(0)
  await pressByKeyboard(ada.page, 'Unlock')
  await ada.page.getByRole('switch').waitFor()
  await tabTo(ada.page, /locked/i)
  await ada.page.keyboard.press('Space')
  await ada.page.getByRole('switch', { checked: false }).waitFor()
})

test('spends are told of, what was not seen is counted, and what was seen is not new any more', async () => {
  const ada = await join(50)
  await pay({ qr: await scanQr(ada.page), points: 10 })
  await ada.page.getByRole('button', { name: 'Close this notice' }).click()
  await ada.page.getByRole('link', { name: 'Notices 1 new' }).click()
  await ada.page.getByText('10 points were spent at Bookshop.').waitFor()
  await ada.page.getByRole('link', { name: 'Back' }).click()
  await ada.page.getByRole('link', { name: 'Notices' }).waitFor()
  expect(await ada.page.getByRole('link', { name: 'Notices 1 new' }).count()).toBe(0)
})

test('a lost phone is removed from another one: its QR pays nothing, and it is signed out', async () => {
  const ada = await join(50)
  const qr = await scanQr(ada.page)
  const other = await joinInBrowser(here, { email: ada.email })
  await expectBalance(other.page, '50')
  await other.page.getByRole('link', { name: 'More' }).click()
  await other.page.getByRole('link', { name: 'Phones and computers' }).click()
  await other.page.getByRole('button', { name: /^Remove / }).click()
  await other.page.getByText('Removed. It can’t pay any more.').waitFor()
  expect((await pay({ qr, points: 1 })).body.code).toBe('qr_device_removed')
  await ada.page.reload()
  await ada.page.getByText('This phone is signed out.').waitFor()
  expect(await ada.page.locator('svg.qr').count()).toBe(0)
})

test('several networks are side by side, each with its own points', async () => {
  const ada = await join(50)
  const elsewhere = await here.street.elsewhere()
  await joinInBrowser({ ...here, street: elsewhere }, { email: ada.email, context: ada.context })
  await ada.page.reload()
  await ada.page.getByRole('link', { name: 'Your networks' }).click()
  expect(await ada.page.getByRole('main').getByRole('listitem').count()).toBe(2)
  await ada.page.getByRole('listitem').filter({ hasText: '50 points' }).waitFor()
})

test('consents are given and taken back, and do not come of themselves', async () => {
  const ada = await join()
  await ada.page.goto(`/wallet/n/${here.street.network.slug}/consents`)
  const offers = ada.page.getByLabel('News and offers by e-mail')
  await offers.waitFor()
  expect(await ada.page.getByRole('checkbox', { checked: true }).count()).toBe(0)
  await offers.click()
  await ada.page.getByRole('checkbox', { checked: true }).waitFor()
  await ada.page.reload()
  await ada.page.getByRole('checkbox', { checked: true }).waitFor()
  await ada.page.getByLabel('News and offers by e-mail').click()
  await expect.poll(() => ada.page.getByRole('checkbox', { checked: true }).count()).toBe(0)
})

test('one’s own data are saved as a file, and who is responsible is told in plain words', async () => {
  const { street } = here
  const explanation = 'We keep the books together.\nAsk at the counter.'
  await street.api
    .call('put', `/v1/merchants/${street.bakery.merchant}/responsibilities`, street.network.operator)
    .send({ responsibilities: [{ purpose: 'membership', role: 'joint_controller', explanation }] })
  const ada = await join()
  await ada.page.goto(`/wallet/n/${street.network.slug}/responsible`)
  await ada.page.getByText('We keep the books together.').waitFor()
  await ada.page.goto(`/wallet/n/${street.network.slug}/data`)
  const [download] = await Promise.all([
    ada.page.waitForEvent('download'),
    ada.page.getByRole('button', { name: 'Save my data' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/\.zip$/)
})

test('erasing says first what is lost, happens later, and can be stopped', async () => {
  const ada = await join(50)
  await ada.page.goto(`/wallet/n/${here.street.network.slug}/erase`)
  await ada.page.getByText('50 points (€5.00) are lost.').waitFor()
  const erase = ada.page.getByRole('button', { name: 'Erase me' })
  expect(await erase.isDisabled()).toBe(true)
  await ada.page.getByRole('checkbox').check()
  await erase.click()
  await ada.page.getByText('You asked to be erased.').waitFor()
  await ada.page.getByRole('button', { name: 'Stop it, keep my wallet' }).click()
  await ada.page.getByText('Your wallet stays.').waitFor()
  await ada.page.goto(`/wallet/n/${here.street.network.slug}`)
  await expectBalance(ada.page, '50')
})

test('the app speaks German to whoever wants it, with German numbers and dates', async () => {
  const context = await here.visit({ locale: 'de-DE' })
  const page = await context.newPage()
  await page.goto('/wallet/')
  await page.getByRole('heading', { name: 'Alle Punkte an einem Ort' }).waitFor()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de')
  const ada = await join(1500)
  await ada.page.goto(`/wallet/n/${here.street.network.slug}/settings`)
  await ada.page.getByLabel('Language').selectOption('de')
  await ada.page.getByRole('link', { name: 'Läden' }).waitFor()
  await ada.page.getByRole('link', { name: 'Wallet' }).click()
  await ada.page.getByText('1.500').first().waitFor()
  await ada.page.goto(`/wallet/n/${here.street.network.slug}/devices`)
  await ada.page
    .getByText(/(tag|Mittwoch), \d{1,2}\. \p{L}+ \d{4}/u)
    .first()
    .waitFor()
  await context.close()
})

test('a birthday is picked, month by name and a day that the month has, and may be taken back', async () => {
  const ada = await join()
  const { page } = ada
  const open = async () => {
    await page.getByRole('link', { name: 'More' }).click()
    await page.getByRole('link', { name: 'Name and e-mail' }).click()
  }
  const [month, day] = [page.getByLabel('Month'), page.getByLabel('Day')]
  const save = async () => {
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved').waitFor()
  }
  await open()
  expect(await day.isDisabled()).toBe(true)
  await month.selectOption('January')
  await day.selectOption('31')
  await month.selectOption('February')
  expect(await day.inputValue()).toBe('')
  expect(await day.locator('option').count()).toBe(30)
  await day.selectOption('29')
  await save()
  await page.reload()
  await expect.poll(() => month.inputValue()).toBe('02')
  expect(await day.inputValue()).toBe('29')
  await month.selectOption('')
  await save()
  await page.reload()
  await expect.poll(() => day.isDisabled()).toBe(true)
})

test('letters about payments and about points that end are turned off in the wallet, each by itself', async () => {
  const ada = await join(50)
  const { page } = ada
  await page.getByRole('link', { name: 'More' }).click()
  const [spends, endings] = [
    page.getByLabel('At each payment with your points'),
    page.getByLabel('Two weeks before points end'),
  ]
  expect([await spends.isChecked(), await endings.isChecked()]).toEqual([true, true])
  await endings.click()
  await expect.poll(() => endings.isChecked()).toBe(false)
  await page.reload()
  await expect.poll(() => endings.isChecked()).toBe(false)
  expect(await spends.isChecked()).toBe(true)
})

test('the screen stays on while the QR is shown, also after the phone was put away and taken out again', async () => {
  const ada = await join()
  const { page } = ada
  // Headless, there is nobody's screen to keep on: it refuses unless it is told to.
  await ada.context.grantPermissions(['screen-wake-lock'], { origin: here.url })
  await page.evaluate(() => {
    const locks: WakeLockSentinel[] = []
    const real = navigator.wakeLock.request.bind(navigator.wakeLock)
    navigator.wakeLock.request = async (type) => {
      const lock = await real(type)
      locks.push(lock)
      return lock
    }
    Object.assign(window, { locks })
  })
  const held = () =>
    page.evaluate(() =>
      (window as unknown as { locks: WakeLockSentinel[] }).locks.map(({ released }) => !released),
    )
  const turn = (state: 'hidden' | 'visible') =>
    page.evaluate(async (next) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value: next === 'hidden' })
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: next })
      // A browser lets go of the locks of a page that is hidden.
      const { locks } = window as unknown as { locks: WakeLockSentinel[] }
      if (next === 'hidden') await Promise.all(locks.map((lock) => lock.release()))
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  await page.getByRole('link', { name: 'Show to pay, large' }).click()
  await expect.poll(held).toEqual([true])
  await turn('hidden')
  expect(await held()).toEqual([false])
  await turn('visible')
  await expect.poll(held).toEqual([false, true])
  await page.getByRole('link', { name: 'Back' }).click()
  await expect.poll(held).toEqual([false, false])
})

test('only the till may compile WebAssembly and ask for the camera; the wallet needs neither', async () => {
  const policiesOf = async (app: string) => {
    const { headers } = await fetch(`${here.url}/${app}/`)
    return `${headers.get('content-security-policy')}; ${headers.get('permissions-policy')}`
  }
  expect(await policiesOf('wallet')).toContain("script-src 'self' 'nonce-")
  for (const app of ['wallet', 'check']) {
    expect(await policiesOf(app)).not.toContain('wasm-unsafe-eval')
    expect(await policiesOf(app)).toContain('camera=()')
  }
  expect(await policiesOf('till')).toContain("'wasm-unsafe-eval'")
  expect(await policiesOf('till')).toContain('camera=(self)')
})
