import type { BrowserContext, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { lastCode } from '../../support/phone.ts'
import type { BrowserStreet } from './street.ts'

/** Somebody with the wallet app open. */
export interface WalletUser {
  readonly context: BrowserContext
  readonly page: Page
  readonly email: string
}

/** Joins the street's network in a browser of one's own, by the poster's link, as a person does. */
export async function joinInBrowser(
  here: BrowserStreet,
  { email, name = 'Ada', context }: { email: string; name?: string; context?: BrowserContext },
): Promise<WalletUser> {
  const own = context ?? (await here.visit())
  const page = await own.newPage()
  await page.goto(`/wallet/join/${here.street.network.slug}`)
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await enterCode(here, page, email)
  await page.getByRole('img', { name: 'QR to pay with' }).waitFor()
  return { context: own, page, email }
}

/** Enters the newest code that was sent to an address. */
export async function enterCode(here: BrowserStreet, page: Page, email: string): Promise<void> {
  // The letter is there once the page asks for what is in it.
  await page.getByLabel('Code, 6 digits').waitFor()
  await page.getByLabel('Code, 6 digits').fill(lastCode(here.street.api, email))
  await page.getByRole('button', { name: 'Join' }).click()
}

/** The wallet of whoever has the app open, as the API names it. */
export async function walletOf(here: BrowserStreet, { email }: WalletUser): Promise<string> {
  const known = await here.street.bakery.post('/v1/customers', { email }, null)
  return known.body.wallet
}

/** Waits until the balance is `points`. */
export async function expectBalance(page: Page, points: string): Promise<void> {
  await balanceOf(page)
    .getByText(points, { exact: true })
    .or(balanceOf(page).getByText(`${points} point`))
    .first()
    .waitFor()
}

/** What stands in the balance. */
export function balanceOf(page: Page) {
  return page.getByRole('region', { name: 'You have' })
}

let joined = 0
/** Somebody new with the wallet open until the test is over, and so many points of the bakery's. */
export async function joinWithPoints(
  here: BrowserStreet,
  points = 0,
): Promise<WalletUser & { wallet: string }> {
  const user = await joinInBrowser(here, { email: newEmail() })
  onTestFinished(() => user.context.close())
  const wallet = await walletOf(here, user)
  if (points > 0) {
    await here.street.bakery.buy({ wallet, amount_minor: points * 100 })
    await expectBalance(user.page, new Intl.NumberFormat('en-GB').format(points))
    await user.page.getByRole('button', { name: 'Close this notice' }).click()
  }
  return { ...user, wallet }
}

/** An e-mail that nobody joined with yet. */
export function newEmail(): string {
  return `customer-${++joined}@example.org`
}
