import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret, TOTP } from 'otpauth'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { runVerify } from '../verify/run-verify.ts'
import { startCuttingProxy } from './support/cutting-proxy.ts'
import { pressByKeyboard, tabTo } from './support/keyboard.ts'
import { isLongRun } from '../support/long.ts'
import { expectNoBarriers, look } from './support/look.ts'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'

let here: BrowserStreet
let folder: string
let slug: string

beforeAll(async () => {
  here = await openBrowserStreet({}, [], ['check'])
  slug = here.street.network.slug
  folder = await mkdtemp(join(tmpdir(), 'tallystick-test-check-'))
  const { wallet } = await here.street.join({ points: 40 })
  for (let i = 0; i < 20; i++) await here.street.bookshop.buy({ wallet, amount_minor: 1000 })
})
afterAll(async () => {
  await here?.close()
  if (folder) await rm(folder, { recursive: true })
})

interface Person {
  readonly email: string
  readonly password: string
  /** Of their session elsewhere. */
  readonly token: string
}

/** Somebody whom the operator invited by that call, and who accepted. */
async function invite(path: string, fields: object = {}): Promise<Person> {
  const { api, network } = here.street
  const email = `auditor-${crypto.randomUUID()}@example.org`
  const password = 'password of somebody'
  const invited = await api.call('post', path, network.operator).send({ email, name: 'Vera', ...fields })
  expect(invited).toMatchObject({ status: 201 })
  const token = /^[\w-]{43}$/m.exec(api.letters.findLast(({ to }) => to === email)?.text ?? '')?.[0]
  await api.call('post', '/v1/invitations').send({ token, password })
  const signedIn = await api.call('post', '/v1/sessions').send({ email, password })
  return { email, password, token: signedIn.body.token }
}

/** Each page at every width and in light and dark in the long run; here as it stands, but for the two that hold most. */
const glance = (page: Page, name: string) => (isLongRun ? look(page, name) : expectNoBarriers(page, name))

/** Hides the browser's way to write to the disk: the file then goes through its memory, and is a download. */
async function openExport(context: BrowserContext): Promise<Page> {
  await context.addInitScript(
    () => delete (globalThis as { showSaveFilePicker?: unknown }).showSaveFilePicker,
  )
  const page = await context.newPage()
  await page.goto(`/check/${slug}/export`)
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  return page
}

async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Presses Download; answers the file. */
async function download(page: Page, press = () => page.getByRole('button', { name: 'Download' }).click()) {
  const [begun] = await Promise.all([page.waitForEvent('download'), press()])
  const file = join(folder, `${crypto.randomUUID()}.tar`)
  await begun.saveAs(file)
  return { file, name: begun.suggestedFilename() }
}

/** The policy, as a member who looked at the log before has it. */
async function keepPolicy(): Promise<string> {
  const file = join(folder, 'policy')
  await writeFile(file, await (await fetch(`${here.url}/log/${slug}/policy`)).text())
  return file
}

test('who comes without a network’s name is asked for it, and a name that nothing has is told so', async () => {
  const page = await (await here.visit()).newPage()
  await page.goto('/check/')
  await page.getByRole('heading', { level: 1, name: 'Check a log' }).waitFor()
  await glance(page, 'check-which')
  await tabTo(page, 'Name of the network')
  await page.keyboard.type(` ${slug.toUpperCase()} `)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Old Town: the log' }).waitFor()
  expect(new URL(page.url()).pathname).toBe(`/check/${slug}`)
  for (const other of ['nowhere', 'No%20such%20thing']) {
    await page.goto(`/check/${other}`)
    await page.getByText('There is no such log here.').waitFor()
  }
  await page.getByRole('link', { name: 'Check another log' }).click()
  await page.getByRole('heading', { level: 1, name: 'Check a log' }).waitFor()
})

test('by keyboard alone an auditor signs in and takes the log away, which the verifier finds whole by a policy of their own', async () => {
  const auditor = await invite('/v1/auditors')
  const page = await openExport(await here.visit({ acceptDownloads: true }))
  await glance(page, 'check-sign-in')
  await tabTo(page, 'E-mail')
  await page.keyboard.type(auditor.email)
  await tabTo(page, 'Password')
  await page.keyboard.type('not this one')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('Nobody of this network has that e-mail and password.').waitFor()
  await page.getByLabel('Password').fill(auditor.password)
  await pressByKeyboard(page, 'Sign in')
  await page.getByRole('button', { name: 'Download' }).and(page.locator(':focus')).waitFor()
  const { file, name } = await download(page, () => page.keyboard.press('Enter'))
  expect(name).toMatch(new RegExp(`^${slug}-\\d+\\.tar$`))
  await page.getByRole('status').getByText(`All of it has arrived: ${name}`).waitFor()
  await page.getByText(`npm run -s verify -- ${name} --policy policy`).waitFor()
  await look(page, 'check-export')
  expect((await runVerify(file)).code).toBe(10)
  const trusted = await runVerify(file, '--policy', await keepPolicy())
  expect(trusted.code, trusted.out).toBe(0)

  // The session goes on in this browser, until one signs out; no script can read what keeps it.
  await page.reload()
  await page.getByRole('button', { name: 'Download' }).waitFor()
  expect(await page.evaluate(() => document.cookie)).toBe('')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
})

test('who has a second step is asked for the code; where the browser can, the export goes to the disk as it comes', async () => {
  const auditor = await invite('/v1/auditors')
  const { api } = here.street
  const begun = await api.call('post', '/v1/totp', auditor.token).send({ password: auditor.password })
  const code = TOTP.generate({ secret: Secret.fromBase32(begun.body.secret) })
  const confirmed = await api
    .call('post', '/v1/totp/confirm', auditor.token)
    .send({ code, password: auditor.password })
  expect(confirmed).toMatchObject({ status: 201 })

  const context = await here.visit()
  await chooseInBrowser(context)
  const page = await context.newPage()
  await page.goto(`/check/${slug}/export`)
  await signIn(page, auditor)
  await page.getByLabel('Code').and(page.locator(':focus')).waitFor()
  await page.keyboard.type('000000')
  await page.keyboard.press('Enter')
  await page.getByText('That did not fit together.').waitFor()
  await page.getByLabel('Code').fill(confirmed.body.recovery_codes[0])
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Download' }).click()
  await page.getByText('All of it has arrived: chosen.tar').waitFor()
  const file = join(folder, 'streamed.tar')
  await writeFile(file, Buffer.from((await readChosen(page)) ?? '', 'base64'))
  expect((await readFile(file)).length % 512).toBe(0)
  expect((await runVerify(file, '--policy', await keepPolicy())).code).toBe(0)
})

/** Answers the browser's question where to put a file with a file of its own, since nobody is there to answer it. */
async function chooseInBrowser(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const pick = async () =>
      (await navigator.storage.getDirectory()).getFileHandle('chosen.tar', { create: true })
    Object.assign(globalThis, { showSaveFilePicker: pick })
  })
}

/** What is in that file, in base64; null: there is none. */
function readChosen(page: Page): Promise<string | null> {
  return page.evaluate(async () => {
    try {
      const handle = await (await navigator.storage.getDirectory()).getFileHandle('chosen.tar')
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer())
      return btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(''))
    } catch {
      return null
    }
  })
}

test('of an export that was cut off in the middle nothing is kept, however the line ended; the next one is whole', async () => {
  const auditor = await invite('/v1/auditors')
  const proxy = await startCuttingProxy(here.url, 5000)
  onTestFinished(() => proxy.close())
  for (const place of ['disk', 'memory'] as const) {
    const context = await here.visit({ baseURL: proxy.url })
    if (place === 'disk') await chooseInBrowser(context)
    const page = place === 'disk' ? await context.newPage() : await openExport(context)
    const downloads: string[] = []
    page.on('download', (begun) => void downloads.push(begun.suggestedFilename()))
    proxy.cut = null
    await page.goto(`/check/${slug}/export`)
    await signIn(page, auditor)
    for (const cut of ['breaks', 'ends'] as const) {
      proxy.cut = cut
      await page.getByRole('button', { name: /^Download/ }).click()
      await page.getByText('The connection broke in the middle.').waitFor()
      expect(await readChosen(page)).toBeNull()
    }
    expect(downloads).toEqual([])
    proxy.cut = null
    await page.getByRole('button', { name: 'Download again' }).click()
    await page.getByText('All of it has arrived').waitFor()
    expect(downloads.length).toBe(place === 'memory' ? 1 : 0)
    await context.close()
  }
})

test('staff of a shop may sign in, and are told that the log is not theirs to take', async () => {
  const path = `/v1/merchants/${here.street.bakery.merchant}/staff`
  const cashier = await invite(path, { role: 'cashier' })
  const page = await openExport(await here.visit())
  await signIn(page, cashier)
  await page.getByRole('alert').getByText('only operators and auditors take the log away').waitFor()
  expect(await page.getByRole('button', { name: 'Download' }).count()).toBe(0)
})

test('who tries too many passwords is told when to go on', async () => {
  const auditor = await invite('/v1/auditors')
  const page = await openExport(await here.visit())
  const statuses: number[] = []
  for (let tries = 0; tries < 6; tries++) {
    const answered = page.waitForResponse(`${here.url}/v1/sessions`)
    await signIn(page, { ...auditor, password: `guess ${tries}` })
    statuses.push((await answered).status())
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  await page
    .getByRole('alert')
    .getByText(/^Too many tries\. You can go on in \d+ minutes\.$/)
    .waitFor()
})

const readChecked = async () =>
  ((await (await fetch(`${here.url}/log/${slug}`)).json()) as { rows_checked: { changed: number } | null })
    .rows_checked
const checkedLongAgo = (interval: string) =>
  here.asAdmin(`update api.rows_check set started_at = clock_timestamp() - interval '${interval}',
    checked_at = clock_timestamp() - interval '${interval}'`)

test('what was changed behind the ledger’s back is an alarm to everyone; an auditor reads what, and what to do', async () => {
  const auditor = await invite('/v1/auditors')
  const page = await (await here.visit()).newPage()
  await page.goto(`/check/${slug}`)
  await page.getByText('The database has not been compared with the log yet.').waitFor()
  await here.workUntil(async () => (await readChecked()) !== null)
  await page.reload()
  await page.getByText('nothing was changed').waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)

  await here.asAdmin(`set session_replication_role = replica;
    update ledger.leg set points = points + 5 where (network_id, entry_index) = (
      select l.network_id, min(l.entry_index) from ledger.leg l join api.network n on n.network_id = l.network_id
      where n.slug = '${slug}' group by 1)`)
  await checkedLongAgo('25 hours')
  await here.workUntil(async () => ((await readChecked())?.changed ?? 0) > 0)
  await page.reload()
  const alarm = page.getByRole('alert').filter({ hasText: 'The books were changed behind the ledger’s back' })
  await alarm.waitFor()
  expect(await page.getByRole('region', { name: 'What is wrong first' }).count()).toBe(0)
  await glance(page, 'check-alarm')

  await page.getByRole('link', { name: 'Operators and auditors: sign in' }).click()
  await alarm.waitFor()
  await signIn(page, auditor)
  const findings = page.getByRole('region', { name: 'What is wrong first' })
  await findings.getByText(/^the rows of entry \d+ are not those it was posted with/).waitFor()
  await findings.getByText('npm run -s verify -- --database').waitFor()
  await look(page, 'check-findings')
  await page.getByRole('link', { name: 'How the log stands' }).click()
  await findings.waitFor()
})

test('a check that has not run for two days says so by itself', async () => {
  await checkedLongAgo('47 hours')
  const page = await (await here.visit()).newPage()
  await page.goto(`/check/${slug}`)
  await page.getByRole('heading', { name: 'Who vouches for it' }).waitFor()
  const stale = page.getByRole('alert').filter({ hasText: 'The database was last compared' })
  expect(await stale.count()).toBe(0)
  await checkedLongAgo('49 hours')
  await stale.getByText('2 days ago').waitFor()
  await glance(page, 'check-stale')
})
