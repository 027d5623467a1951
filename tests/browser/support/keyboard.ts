import type { Page } from 'playwright-core'

const stepsMax = 80

/**
 * Goes to the element with that accessible name by Tab alone, as somebody without mouse or touch does. Fails when
 * Tab doesn't get there.
 */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const seen: string[] = []
  for (let steps = 0; steps < stepsMax; steps++) {
    await page.keyboard.press('Tab')
    const focused = await nameOfFocused(page)
    if (typeof name === 'string' ? focused === name : name.test(focused)) return
    seen.push(focused)
  }
  throw new Error(`Tab does not lead to ${String(name)}; it leads to: ${[...new Set(seen)].join(' | ')}`)
}

/** Goes there by Tab and presses it. */
export async function pressByKeyboard(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.press('Enter')
}

/** As far as our own pages name things: by `aria-label`, by their `<label>`, or by their text. */
function nameOfFocused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement) || element === document.body) return ''
    const label =
      'labels' in element ? (element.labels as NodeListOf<HTMLLabelElement> | null)?.[0] : undefined
    const text = element.getAttribute('aria-label') ?? label?.textContent ?? element.textContent ?? ''
    return text.replaceAll(/\s+/g, ' ').trim()
  })
}
