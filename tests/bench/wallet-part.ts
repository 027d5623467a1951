import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { createTallystick } from '../../clients/typescript/index.js'
import { launchChromium } from '../browser/support/chromium.ts'
import { startServer } from '../support/server.ts'
import { record, type Bench } from './bench.ts'
import { pickPercentile } from './measure.ts'

/** So many times slower than this machine: a cheap phone. */
const cpuSlowdown = 4
const renewals = 10
/** What the wallet calls its measure, from beginning a QR to drawing it (`customer-wallet/src/parts/pay-code.tsx`). */
const drawnMeasure = 'wallet: QR drawn'
const operator = { email: 'operator@example.org', password: 'correct horse battery staple' }
const network = { slug: 'bench', name: 'Bench', currency: 'EUR', point_face_value_minor: 1 }

/** Measurement 15: how long the wallet takes to its first screen with the QR on it, and to a renewed QR. */
export async function benchWallet(bench: Bench): Promise<void> {
  if (!bench.wants(15)) return
  bench.say('the wallet')
  const folder = await mkdtemp(join(tmpdir(), 'tallystick-bench-wallet-'))
  const server = startServer({
    env: {
      TALLY_DATA: folder,
      TALLY_OPERATOR_EMAIL: operator.email,
      TALLY_OPERATOR_PASSWORD: operator.password,
    },
  })
  const browser = await launchChromium()
  try {
    const url = await server.ready
    await makeNetwork(url)
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 360, height: 740 } })
    const page = await joinNetwork(await context.newPage(), { url, mail: join(folder, 'mail') })
    const cdp = await context.newCDPSession(page)
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown })
    for (let round = 1; round <= bench.extent.rounds; round++) {
      const walletFirst = await openAgain(page)
      record(bench, { walletFirst, walletRenewed: pickPercentile(await renewQrs(page), 50) })
    }
  } finally {
    await browser.close()
    server.process.kill('SIGTERM')
    await server.ended
    await rm(folder, { recursive: true })
  }
}

/** Opens the app as it is opened every day, kept on the phone; milliseconds from then to the QR on the screen. */
async function openAgain(page: Page): Promise<number> {
  await page.goto('about:blank')
  await page.goBack()
  return await page.evaluate(async (name) => {
    for (;;) {
      const [first] = performance.getEntriesByName(name)
      if (first) return first.startTime + first.duration
      await new Promise((done) => setTimeout(done, 20))
    }
  }, drawnMeasure)
}

async function renewQrs(page: Page): Promise<number[]> {
  await page.evaluate((name) => performance.clearMeasures(name), drawnMeasure)
  for (let i = 0; i < renewals; i++) {
    // The app renews its QR whenever one comes back to it.
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`)
    await page.waitForTimeout(500)
  }
  return await page.evaluate(
    (name) => performance.getEntriesByName(name).map(({ duration }) => duration),
    drawnMeasure,
  )
}

async function makeNetwork(url: string): Promise<void> {
  const signedIn = await createTallystick({ url }).POST('/v1/sessions', { body: operator })
  const token = signedIn.data?.token ?? ''
  const { error } = await createTallystick({ url, token }).POST('/v1/networks', { body: network })
  if (error) throw new Error(`no network: ${error.code}`)
}

/** Somebody who has joined, with the app kept on their device. */
async function joinNetwork(page: Page, { url, mail }: { url: string; mail: string }): Promise<Page> {
  const isBuilt = async () => (await page.goto(`${url}/wallet/join/${network.slug}`))?.ok() === true
  while (!(await isBuilt())) await page.waitForTimeout(200)
  await page.getByLabel('E-mail').fill('ada@example.org')
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('Code, 6 digits').waitFor()
  const [letter = ''] = await readdir(mail)
  const code = /^(\d{6}) is your code/m.exec(await readFile(join(mail, letter), 'utf8'))?.[1] ?? ''
  await page.getByLabel('Code, 6 digits').fill(code)
  await page.getByRole('button', { name: 'Join' }).click()
  await page.getByRole('img', { name: 'QR to pay with' }).waitFor()
  await page.evaluate('navigator.serviceWorker.ready')
  return page
}
