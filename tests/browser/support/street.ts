import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import supertest from 'supertest'
import { expect } from 'vitest'
import { webApps } from '../../../api/web/apps.ts'
import { testOperator, type TestApi } from '../../support/api.ts'
import { buildHighStreet, type HighStreet } from '../../support/high-street.ts'
import { readLetters } from '../../support/letters.ts'
import { makeDataFolder, readRunning, removeDataFolder, startServer } from '../../support/server.ts'
import { launchChromium } from './chromium.ts'

/** How long the apps may take to be built. */
const buildingMs = 60_000
/** How long a worker may take for what is due. */
const workingMs = 20_000

/** `npm start`'s own server on a fresh database with a high street in it, and a browser. */
export interface BrowserStreet {
  readonly url: string
  readonly street: HighStreet
  readonly browser: Browser
  /** A browser of somebody's own: nothing of the others' is in it. English, unless told. What breaks is told by `close`. */
  visit(options?: BrowserContextOptions): Promise<BrowserContext>
  /** Runs SQL as a superuser, behind the server's back. */
  asAdmin(statement: string): Promise<void>
  /** Has a worker do what background work is due, beside the server, until `isDone`. */
  workUntil(isDone: () => Promise<boolean>): Promise<void>
  /** Ends all of it; fails the test file when a page broke a policy, asked elsewhere for anything, or had a fault. */
  close(): Promise<void>
}

/** One per test file, in `beforeAll`. `settings` are the network's; `apps`: those that it needs. */
export async function openBrowserStreet(
  settings: object = {},
  browserFlags: readonly string[] = [],
  apps: readonly string[] = webApps.map(({ name }) => name),
): Promise<BrowserStreet> {
  const folder = await makeDataFolder()
  const server = startServer({
    env: {
      TALLY_DATA: folder,
      TALLY_OPERATOR_EMAIL: testOperator.email,
      TALLY_OPERATOR_PASSWORD: testOperator.password,
      TALLY_REQUESTS_PER_SECOND: '10000',
    },
  })
  const end = async () => {
    server.process.kill('SIGTERM')
    await server.ended
    await removeDataFolder(folder)
  }
  try {
    const url = await server.ready
    const [browser] = await Promise.all([launchChromium(browserFlags), waitUntilBuilt(url, apps)])
    const street = await buildHighStreet(speakTo(url, join(folder, 'mail')), settings)
    const faults: string[] = []
    return {
      url,
      street,
      browser,
      async visit(options = {}) {
        const context = await browser.newContext({ locale: 'en-GB', baseURL: url, ...options })
        context.on('page', (page) => noteFaults(page, options.baseURL ?? url, faults))
        context.setDefaultTimeout(10_000)
        return context
      },
      async asAdmin(statement) {
        const client = new Client({ connectionString: (await readRunning(folder)).url })
        await client.connect()
        await client.query(statement).finally(() => client.end())
      },
      workUntil: (isDone) => workUntil(folder, isDone),
      async close() {
        await browser.close()
        await end()
        expect(faults).toEqual([])
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}

async function workUntil(folder: string, isDone: () => Promise<boolean>): Promise<void> {
  const worker = startServer({ env: { TALLY_DATA: folder }, worker: true })
  const deadline = Date.now() + workingMs
  try {
    await worker.ready
    while (!(await isDone())) {
      if (Date.now() > deadline) throw new Error(`the work is not done:\n${worker.said()}`)
      await sleep(100)
    }
  } finally {
    worker.process.kill('SIGTERM')
    await worker.ended
  }
}

/** What the helpers of `tests/support/` need of an application that runs in another process. */
function speakTo(url: string, mailFolder: string): TestApi {
  const remote: Pick<TestApi, 'url' | 'call' | 'letters' | 'close'> = {
    url,
    call(method, path, token) {
      const request = supertest(url)[method](path)
      return token === undefined ? request : request.auth(token, { type: 'bearer' })
    },
    get letters() {
      return readLetters(mailFolder)
    },
    close: async () => {},
  }
  // Its database and ledger are the server's own affair: here only what goes by HTTP and e-mail is used.
  return remote as TestApi
}

async function waitUntilBuilt(url: string, apps: readonly string[]): Promise<void> {
  const deadline = Date.now() + buildingMs
  for (const name of apps) {
    while ((await fetch(`${url}/${name}/`)).status !== 200) {
      if (Date.now() > deadline) throw new Error(`/${name}/ is not built; npm run build says why`)
      await sleep(100)
    }
  }
}

/** What no page of ours may ever do: throw, break its content policy, or ask another host for anything. */
function noteFaults(page: Page, url: string, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`${page.url()} threw ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    if (/content security policy|trusted ?type/i.test(message.text())) faults.push(message.text())
  })
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && origin !== url) faults.push(`${page.url()} asked ${request.url()}`)
  })
}
