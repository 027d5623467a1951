import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { createTallystick } from '../../clients/typescript/index.js'
import { launchChromium } from '../browser/support/chromium.ts'
import { makeFakeCamera, showAsQr } from '../browser/support/camera.ts'
import { startServer } from '../support/server.ts'
import { record, type Bench } from './bench.ts'
import { pickPercentile } from './measure.ts'

/** So many times slower than this machine: a cheap tablet. */
const cpuSlowdown = 4
const reads = 20
/** What the till calls its measure, from a frame to what was read in it (`merchant-portal/till/src/camera.ts`). */
const readMeasure = 'till: frame read'
const operator = { email: 'operator@example.org', password: 'correct horse battery staple' }

/** Measurement 14: how long the till takes from a camera's frame, 1280 × 720, to the text of the QR in it. */
export async function benchTill(bench: Bench): Promise<void> {
  if (!bench.wants(14)) return
  bench.say('the till’s camera')
  const camera = await makeFakeCamera()
  const folder = await mkdtemp(join(tmpdir(), 'tallystick-bench-till-'))
  const server = startServer({
    env: {
      TALLY_DATA: folder,
      TALLY_OPERATOR_EMAIL: operator.email,
      TALLY_OPERATOR_PASSWORD: operator.password,
    },
  })
  const browser = await launchChromium(camera.flags)
  try {
    const url = await server.ready
    const context = await browser.newContext({ locale: 'en-GB' })
    // As many digits as a wallet's QR has; nobody's, so that it is read again and again.
    await camera.see(await showAsQr(context, '31'.repeat(360)))
    const page = await openTill(await context.newPage(), url)
    const cdp = await context.newCDPSession(page)
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown })
    for (let round = 1; round <= bench.extent.rounds; round++) {
      record(bench, { cameraRead: pickPercentile(await collectReads(page), 50) })
    }
  } finally {
    await browser.close()
    server.process.kill('SIGTERM')
    await server.ended
    await rm(folder, { recursive: true })
    await camera.close()
  }
}

async function collectReads(page: Page): Promise<number[]> {
  return await page.evaluate(
    async ({ name, wanted }) => {
      performance.clearMeasures(name)
      while (performance.getEntriesByName(name).length < wanted) {
        await new Promise((done) => setTimeout(done, 100))
      }
      return performance.getEntriesByName(name).map(({ duration }) => duration)
    },
    { name: readMeasure, wanted: reads },
  )
}

/** A till with its camera on, in a network of its own. */
async function openTill(page: Page, url: string): Promise<Page> {
  const code = await askPairingCode(url)
  const isBuilt = async () => (await page.goto(`${url}/till/`))?.ok() === true
  while (!(await isBuilt())) await page.waitForTimeout(200)
  await page.getByLabel('Pairing code').fill(code)
  await page.getByRole('button', { name: 'Pair' }).click()
  await page.getByRole('button', { name: 'Go on without a name' }).click()
  await page.getByRole('button', { name: 'Scan', exact: true }).click()
  return page
}

async function askPairingCode(url: string): Promise<string> {
  const deployment = createTallystick({ url, token: await signIn(url) })
  const network = { slug: 'bench', name: 'Bench', currency: 'EUR', point_face_value_minor: 1 }
  given(await deployment.POST('/v1/networks', { body: network }))
  const tallystick = createTallystick({ url, token: await signIn(url, network.slug) })
  const merchant = given(
    await tallystick.POST('/v1/merchants', { body: { name: 'Bakery', issuing_limit: null } }),
  )
  const params = { path: { id: merchant.id } }
  const till = given(await tallystick.POST('/v1/merchants/{id}/tills', { params, body: { name: 'Counter' } }))
  return given(await tallystick.POST('/v1/tills/{id}/pairings', { params: { path: { id: till.id } } })).code
}

async function signIn(url: string, network?: string): Promise<string> {
  const body = { ...operator, ...(network !== undefined && { network }) }
  return given(await createTallystick({ url }).POST('/v1/sessions', { body })).token
}

function given<Data>({ data, error }: { data?: Data; error?: { code: string } }): NonNullable<Data> {
  if (data === undefined || data === null) throw new Error(`refused: ${error?.code}`)
  return data
}
