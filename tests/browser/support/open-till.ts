import type { Page } from 'playwright-core'
import type { TestContext } from 'vitest'
import type { Customer } from '../../support/high-street.ts'
import { openBrowserStreet, type BrowserStreet } from './street.ts'
import { hireCashier, introduce, openTill, pairTablet, type Cashier, type Tablet } from './tablet.ts'

/** Who stands at the bakery's tills. */
export const mia: Cashier = { name: 'Mia', pin: '4711' }

/** The bakery's till on a tablet, opened by Mia, and what its tests say again and again. */
export interface BakeryTill {
  readonly here: BrowserStreet
  readonly tablet: Tablet
  readonly page: Page
  /** A text: just that name. */
  button(name: string | RegExp): ReturnType<Page['getByRole']>
  /** Waits until the till says so. */
  says(text: string | RegExp): Promise<void>
  /** Somebody with a name and so many points. */
  join(name: string, points: number): Promise<Customer>
  /** All of the bakery's, the newest first. */
  transactions(): Promise<unknown[]>
  /** The till as it was when a test failed, for whoever looks into it. */
  keepFailure(context: TestContext): Promise<void>
}

/** One per test file, in `beforeAll`; `apps`: those that it needs. */
export async function openBakeryTill(
  apps: readonly string[],
  browserFlags: readonly string[] = [],
): Promise<BakeryTill> {
  const here = await openBrowserStreet({}, browserFlags, apps)
  const { bakery } = here.street
  await hireCashier(here, bakery, mia)
  const tablet = await pairTablet(here, bakery)
  await openTill(tablet, mia)
  const { page } = tablet
  return {
    here,
    tablet,
    page,
    button: (name) => page.getByRole('button', { name, exact: typeof name === 'string' }),
    says: (text) => page.getByText(text).first().waitFor(),
    async join(name, points) {
      const customer = await here.street.join({ points })
      await introduce(here, customer, { name })
      return customer
    },
    transactions: async () => (await bakery.get('/v1/transactions?limit=100')).body.data,
    async keepFailure({ task }) {
      if (task.result?.state === 'fail') await page.screenshot({ path: 'tests/.tmp/till-failed.png' })
    },
  }
}

/** From now on notes each tone that the till plays; answers how to ask which ones (Hz) were played since last asked. */
export async function listenForTones(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const tones: number[] = []
    const Real = window.OscillatorNode
    window.OscillatorNode = class extends Real {
      constructor(context: BaseAudioContext, options?: OscillatorOptions) {
        super(context, options)
        tones.push(options?.frequency ?? 0)
      }
    }
    Object.assign(window, { tones })
  })
  return () => page.evaluate(() => (window as unknown as { tones: number[] }).tones.splice(0))
}
