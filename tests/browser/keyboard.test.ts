import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { lastCode } from '../support/phone.ts'
import { pressByKeyboard, tabTo } from './support/keyboard.ts'
import { scanQr } from './support/qr-reader.ts'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'
import { hireCashier, introduce, openTill, pairTablet, scanByHand } from './support/tablet.ts'
import { balanceOf, expectBalance, joinInBrowser, walletOf, type WalletUser } from './support/wallet.ts'

// What nobody touches or clicks here is done by Tab, Enter, Space, arrows, and typing.

let here: BrowserStreet
let ada: WalletUser
beforeAll(async () => {
  here = await openBrowserStreet({}, [], ['wallet', 'till'])
  const context = await here.visit()
  ada = { context, page: await context.newPage(), email: 'ada@example.org' }
})
afterAll(() => here?.close())

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()

async function type(page: Page, field: string | RegExp, text: string): Promise<void> {
  await tabTo(page, field)
  await page.keyboard.type(text)
}

async function joinByKeyboard(page: Page, slug: string, email: string): Promise<void> {
  await heading(page, 'Join with a name')
  await type(page, 'Name of the network', slug)
  await page.keyboard.press('Enter')
  await page.getByLabel('E-mail').waitFor()
  await type(page, 'Your name', 'Ada')
  await type(page, 'E-mail', email)
  await page.keyboard.press('Enter')
  await page.getByLabel('Code, 6 digits').waitFor()
  await type(page, 'Code, 6 digits', lastCode(here.street.api, email))
  await page.keyboard.press('Enter')
  await balanceOf(page).waitFor()
}

async function goToMore(page: Page, title: string): Promise<void> {
  await pressByKeyboard(page, 'More')
  await heading(page, 'More')
  await pressByKeyboard(page, title)
  await heading(page, title)
}

test('by keyboard alone one joins, pays, looks back, keeps a proof, and gives', async () => {
  const { page, email } = ada
  const bea = await joinInBrowser(here, { email: 'bea@example.org' })
  onTestFinished(() => bea.context.close())
  await page.goto('/wallet/')
  await heading(page, 'Your points, in one place')
  await pressByKeyboard(page, 'Join with a name')
  await joinByKeyboard(page, here.street.network.slug, email)
  await here.street.bakery.buy({ wallet: await walletOf(here, ada), amount_minor: 4000 })
  await expectBalance(page, '40')
  await pressByKeyboard(page, 'Close this notice')

  await pressByKeyboard(page, 'Show to pay, large')
  await heading(page, 'Pay')
  const paid = { qr: await scanQr(page), points: 10, reference: 'book-1' }
  expect((await here.street.bookshop.post('/v1/redemptions', paid)).status).toBe(201)
  await page.getByRole('alert').getByText('10 points spent at Bookshop').waitFor()
  await pressByKeyboard(page, 'Close this notice')
  await pressByKeyboard(page, 'Back')
  await pressByKeyboard(page, /^Notices/)
  await heading(page, 'Notices')
  await pressByKeyboard(page, 'Back')

  await pressByKeyboard(page, 'History')
  await heading(page, 'History')
  await pressByKeyboard(page, /Bakery/)
  await heading(page, 'Details')
  const save = page.getByRole('button', { name: 'Save the proof' })
  const checkAgain = async () => {
    if (await save.isVisible()) return true
    // Greyed out while it is checked: Tab passes it then.
    if (await page.getByRole('button', { name: 'Check and keep the proof' }).isEnabled()) {
      await pressByKeyboard(page, 'Check and keep the proof')
    }
    return false
  }
  await expect.poll(checkAgain, { timeout: 15_000, interval: 700 }).toBe(true)
  const [proof] = await Promise.all([page.waitForEvent('download'), pressByKeyboard(page, 'Save the proof')])
  expect(proof.suggestedFilename()).toMatch(/\.tlog-proof$/)

  await pressByKeyboard(page, 'Wallet')
  await pressByKeyboard(page, 'Give points')
  await heading(page, 'Give points')
  await type(page, 'How many points', '5')
  await type(page, 'Their e-mail', bea.email)
  await page.keyboard.press('Enter')
  await says(page, `Give 5 points to ${bea.email}?`)
  await pressByKeyboard(page, 'Give 5 points')
  await says(page, '5 points were given. You have 25.')
  await expectBalance(bea.page, '5')
})

test('by keyboard alone one removes a lost phone, agrees, takes one’s data, and thinks better of being erased', async () => {
  const { page, email } = ada
  const lost = await joinInBrowser(here, { email })
  onTestFinished(() => lost.context.close())
  await goToMore(page, 'Phones and computers')
  await page.getByRole('button', { name: /^Remove / }).waitFor()
  await pressByKeyboard(page, /^Remove /)
  await says(page, 'Removed. It can’t pay any more.')

  await goToMore(page, 'What you agree to')
  await page.getByLabel('News and offers by e-mail').waitFor()
  await tabTo(page, /^News and offers by e-mail/)
  await page.keyboard.press('Space')
  await page.getByRole('checkbox', { checked: true }).waitFor()

  await goToMore(page, 'Your data')
  const [data] = await Promise.all([page.waitForEvent('download'), pressByKeyboard(page, 'Save my data')])
  expect(data.suggestedFilename()).toMatch(/\.zip$/)

  await goToMore(page, 'Erase me')
  await says(page, 'What this means')
  await tabTo(page, /^I know that this can’t be undone/)
  await page.keyboard.press('Space')
  await pressByKeyboard(page, 'Erase me')
  await says(page, 'You asked to be erased.')
  await pressByKeyboard(page, 'Stop it, keep my wallet')
  await says(page, 'Your wallet stays.')
})

test('by keyboard alone one speaks German, and joins a second network and goes back to the first', async () => {
  const { page, email } = ada
  await pressByKeyboard(page, 'More')
  await heading(page, 'More')
  await tabTo(page, /^Language/)
  await page.keyboard.press('ArrowDown')
  await page.getByRole('link', { name: 'Läden' }).waitFor()
  await page.keyboard.press('ArrowUp')
  await page.getByRole('link', { name: 'Shops' }).waitFor()

  const elsewhere = await here.street.elsewhere()
  await pressByKeyboard(page, 'Your networks')
  await heading(page, 'Your networks')
  await pressByKeyboard(page, 'Join another')
  await joinByKeyboard(page, elsewhere.network.slug, email)
  await expectBalance(page, '0')
  await pressByKeyboard(page, 'Your networks')
  await pressByKeyboard(page, /25 points$/)
  await expectBalance(page, '25')
})

test('by keyboard and hand scanner alone a till gives and takes, undoes, refunds, moves, prints a code, trains, and is set', async () => {
  const mia = { name: 'Mia', pin: '4711' }
  await hireCashier(here, here.street.bakery, mia)
  const tablet = await pairTablet(here, here.street.bakery)
  await openTill(tablet, mia)
  const { page } = tablet
  const [mona, kate] = [await here.street.join({ points: 60 }), await here.street.join()]
  await introduce(here, mona, { name: 'Mona' })
  await introduce(here, kate, { name: 'Kate' })
  const typeDigits = (digits: string) => page.keyboard.type(digits, { delay: 80 })

  await typeDigits('1000')
  await scanByHand(page, await mona.showQr())
  await heading(page, 'Mona')
  await tabTo(page, 'Pay with points')
  await page.keyboard.press('End')
  await says(page, 'gives 4 points')
  await pressByKeyboard(page, 'Done')
  await says(page, '60 points taken from Mona')
  await pressByKeyboard(page, 'Touch to go on')
  await pressByKeyboard(page, 'Undo')
  await says(page, 'Undone. Give back €4.00. Mona has 60.')

  await typeDigits('700')
  await pressByKeyboard(page, 'Phone, e-mail or card')
  await type(page, 'Phone, e-mail address or card number', mona.email)
  await page.keyboard.press('Enter')
  await heading(page, 'Mona')
  await page.keyboard.press('Enter')
  await says(page, '7 points for Mona')
  await page.keyboard.press('Escape')
  await pressByKeyboard(page, 'Menu')
  await pressByKeyboard(page, 'Sales')
  await heading(page, 'Sales')
  await pressByKeyboard(page, /€7.00/)
  await page.getByRole('button', { name: 'Wrong customer' }).waitFor()
  await pressByKeyboard(page, 'Wrong customer')
  // There is no camera, so nothing is asked to be held before one.
  await heading(page, 'Who is it?')
  expect(await page.getByText('Show the QR to the camera').count()).toBe(0)
  await pressByKeyboard(page, 'Phone, e-mail or card')
  await type(page, 'Phone, e-mail address or card number', kate.email)
  await page.keyboard.press('Enter')
  await says(page, 'Moved. 7 points for Kate.')
  await pressByKeyboard(page, 'Back')
  // The newest first: Kate's.
  await pressByKeyboard(page, /Sale.*€7.00/)
  await page.getByRole('button', { name: 'Refund a part' }).waitFor()
  await pressByKeyboard(page, 'Refund a part')
  await typeDigits('250')
  await pressByKeyboard(page, 'Refund €2.50')
  await says(page, 'Give back €2.50.')
  expect([await mona.available(), await kate.available()]).toEqual([60, 4])

  await pressByKeyboard(page, 'Menu')
  await pressByKeyboard(page, 'Amount')
  await typeDigits('500')
  await pressByKeyboard(page, 'No card')
  await says(page, '5 points wait under')
  const printed = page.evaluate(
    () => new Promise((done) => Object.assign(window, { print: () => done('once') })),
  )
  await pressByKeyboard(page, 'Print')
  expect(await printed).toBe('once')
  await pressByKeyboard(page, 'Touch to go on')

  await pressByKeyboard(page, 'Menu')
  await pressByKeyboard(page, 'Begin training')
  await says(page, 'Training: nothing is recorded')
  await pressByKeyboard(page, 'Menu')
  await pressByKeyboard(page, 'End training')
  await pressByKeyboard(page, 'Menu')
  await pressByKeyboard(page, 'Settings')
  await heading(page, 'Settings')
  await tabTo(page, /^Language/)
  await page.keyboard.press('End')
  await heading(page, 'Einstellungen')
  await tablet.context.close()
}, 120_000)
