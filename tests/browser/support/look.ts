import { AxeBuilder } from '@axe-core/playwright'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { isLongRun } from '../../support/long.ts'
import { projectFolder } from '../../support/server.ts'

/** To be opened and looked at, as a designer would. */
export const screenshotFolder = join(projectFolder, 'tests/.tmp/screenshots')

const widths = [360, 768, 1440] as const
const heights = { 360: 740, 768: 1024, 1440: 900 } as const
const schemes = ['light', 'dark'] as const

/**
 * Looks at a page at three widths in light and dark: no violation that axe can find, nor anything wider than the screen;
 * in the long run a screenshot each (`wallet-home-360-light.png`). Leaves the page at 360 px in light.
 */
export async function look(page: Page, name: string): Promise<void> {
  for (const scheme of schemes.toReversed()) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    for (const width of widths.toReversed()) {
      await page.setViewportSize({ width, height: heights[width] })
      await photograph(page, `${name}-${width}-${scheme}`)
      await expectNoBarriers(page, `${name} at ${width} px, ${scheme}`)
    }
  }
}

/** A screenshot of the whole page, in the long run. */
export async function photograph(page: Page, name: string): Promise<void> {
  if (isLongRun) await page.screenshot({ path: join(screenshotFolder, `${name}.png`), fullPage: true })
}

/** WCAG 2.2 A and AA and axe's best practices, as far as a machine can tell. */
export async function expectNoBarriers(page: Page, what: string): Promise<void> {
  // Our pages have no frames, which the other mode opens a page for each time: this one takes half as long.
  // Its half a megabyte of source takes longer to load than the page to be looked at: once for each page is enough.
  const isLoaded = await page.evaluate(() => 'axe' in window)
  const axe = new AxeBuilder({ page, ...(isLoaded && { axeSource: ';' }) }).setLegacyMode()
  const { violations } = await axe.options({ resultTypes: ['violations'] }).analyze()
  const found = violations.map(({ id, nodes }) => ({
    id,
    where: nodes.map(({ html }) => html.slice(0, 160)),
  }))
  expect({ what, found }).toEqual({ what, found: [] })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect({ what, overflow: Math.max(0, overflow) }).toEqual({ what, overflow: 0 })
}
