import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { becomeWitness, type Member } from '../witness/witness-process.ts'
import { look } from './support/look.ts'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'

let here: BrowserStreet
let member: Member
let url: string
/** Of a sale that the witness has co-signed. */
let receipt: string

beforeAll(async () => {
  here = await openBrowserStreet({}, [], ['check', 'wallet'])
  const { slug, operator } = here.street.network
  url = `${here.url}/log/${slug}`
  member = await becomeWitness('bakery.example/witness')
  const witnesses = [{ name: 'bakery', vkey: member.vkey, chain_address: member.chainAddress }]
  const put = await here.street.api
    .call('put', `/v1/networks/${slug}/witnesses`, operator)
    .send({ witnesses, quorum: 1 })
  if (put.status !== 200) throw new Error(put.text)
  const customer = await here.street.join()
  const sale = await here.street.bakery.buy({ wallet: customer.wallet, amount_minor: 1200 })
  member.start(url)
  receipt = await readReceipt(customer.token, sale.body.transaction)
})
afterAll(async () => {
  await member?.leave()
  await here?.close()
})

/** As soon as it is ready. */
async function readReceipt(token: string, transaction: string): Promise<string> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const answer = await fetch(`${here.url}/v1/transactions/${transaction}/receipt`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/plain' },
    })
    const text = await answer.text()
    if (answer.status === 200) return text
    if (Date.now() > deadline) throw new Error(text)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function openPage(): Promise<Page> {
  const page = await (await here.visit()).newPage()
  await page.goto(`/check/${here.street.network.slug}`)
  await page.getByRole('heading', { name: 'Who vouches for it' }).waitFor()
  return page
}

const give = (page: Page, field: RegExp, text: string) =>
  page.getByLabel(field).setInputFiles({ name: 'file', mimeType: 'text/plain', buffer: Buffer.from(text) })

test('anyone sees how the log stands, and that a receipt holds, drawn as its path; on any screen, in light and dark', async () => {
  const page = await openPage()
  await page.getByText('1 of 1 members must co-sign. They have for').waitFor()
  await page.getByRole('row', { name: /^bakery/ }).waitFor()
  await give(page, /^Receipt file/, receipt)
  await page.getByText('It is in the log, and the members vouch for it.').waitFor()
  await page.getByText('Points given').waitFor()
  await page.getByText('bakery, ', { exact: false }).first().waitFor()
  const index = Number(/^index (\d+)$/m.exec(receipt)![1])
  await page.getByText(`Entry ${index}`).waitFor()
  const size = Number(receipt.split('\n\n')[1]!.split('\n')[1])
  await page.getByText(`The log of ${size} entries, as signed`).waitFor()
  expect(await page.locator('.path li').count()).toBe(2 + receipt.split('\n\n')[0]!.split('\n').length - 3)
  await look(page, 'check')
})

/** The key of a log that nobody here keeps: the example of the note format. */
const strange = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'

test('a receipt that was changed does not hold; nor one that none of the members of one’s own policy co-signed', async () => {
  const page = await openPage()
  const [, extra = ''] = /^extra (.*)$/m.exec(receipt)!
  const richer = Buffer.from(extra, 'base64').toString().replace('"points":"12"', '"points":"92"')
  await give(page, /^Receipt file/, receipt.replace(extra, Buffer.from(richer).toString('base64')))
  await page.getByText('This receipt does not hold.').waitFor()
  await give(page, /^Receipt file/, 'something else')
  await page.getByText('This is not a receipt of a transaction.').waitFor()
  const policy = await (await fetch(`${url}/policy`)).text()
  await give(page, /^Receipt file/, receipt)
  await give(page, /^Policy file/, policy)
  await page.getByText('It is in the log').waitFor()
  const other = await becomeWitness('books.example/witness')
  await give(page, /^Policy file/, policy.replace(member.vkey, other.vkey))
  await other.leave()
  await page.getByText('Too few of the members vouch for this receipt.').waitFor()
  expect(await page.locator('.verdict.bad').count()).toBe(0)
  // As the command line ends with 10, so nothing is called false here, of which nobody trusted says anything.
  await give(page, /^Policy file/, policy.replace(/^log .*$/m, `log ${strange}`))
  await page.getByText('Your policy does not know the log of this receipt').waitFor()
  expect(await page.locator('.verdict.bad').count()).toBe(0)
  await give(page, /^Policy file/, 'nobody')
  await page.getByText('This is not a policy.').waitFor()
  expect(await page.locator('.verdict').count()).toBe(1)
  expect(await page.locator('.path').count()).toBe(0)
})

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(here.url + path, { headers, redirect: 'manual' })

test('a page comes with a content policy of its own: nothing inline, nothing from elsewhere, a new nonce each time', async () => {
  const [first, second] = [await get('/wallet/'), await get('/wallet/join/riverside')]
  for (const answer of [first, second]) {
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|data:|\*/)
    const nonce = /script-src [^;]*'nonce-([^']+)'/.exec(policy)?.[1]
    const page = await answer.text()
    expect(page).toContain(`nonce="${nonce}"`)
    expect(page).not.toContain('TALLYSTICK-NONCE')
  }
  expect(first.headers.get('content-security-policy')).not.toBe(second.headers.get('content-security-policy'))
})

test('built files are kept for ever and come compressed; what has no hash in its name is asked for again', async () => {
  const page = await (await get('/wallet/')).text()
  const script = /src="(\/wallet\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? ''
  for (const [accepted, coding] of [
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['identity', null],
  ] as const) {
    const answer = await get(script, { 'Accept-Encoding': accepted })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-encoding')).toBe(coding)
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(await answer.text()).toContain('createRoot')
  }
  const worker = await get('/wallet/service-worker.js')
  expect(worker.headers.get('cache-control')).toBe('no-cache')
  const again = await get('/wallet/service-worker.js', { 'If-None-Match': worker.headers.get('etag') ?? '' })
  expect(again.status).toBe(304)
})

test('a file that is not there is not answered with a page, and /wallet leads to /wallet/ with its query', async () => {
  expect((await get('/wallet/assets/app-older.js')).status).toBe(404)
  const led = await get('/wallet?from=poster')
  expect([led.status, led.headers.get('location')]).toEqual([308, '/wallet/?from=poster'])
  const icon = await get('/favicon.ico')
  expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
})

test('who opens the bare address in a browser finds the four doors, in light and dark, on any screen; no network is named', async () => {
  const page = await (await here.visit()).newPage()
  await page.goto('/')
  await look(page, 'doors')
  const doors = await page.getByRole('link').evaluateAll((links) => links.map((a) => a.getAttribute('href')))
  expect(doors).toEqual(['/wallet/', '/till/', '/check/', '/docs/'])
  expect(await page.evaluate(() => getComputedStyle(document.body).marginTop)).toBe('0px')
  const answer = await get('/', { accept: 'text/html' })
  const policy = answer.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-/)
  expect(policy).not.toContain('script-src')
  expect(await answer.text()).not.toContain(here.street.network.slug)
  await page.getByRole('link', { name: 'My points' }).click()
  await page.waitForURL('**/wallet/**')
  expect((await get('/', { accept: '*/*' })).status).toBe(302)
})
