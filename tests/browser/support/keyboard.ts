import type { Page } from 'playwright-core'

const stepsMax = 80

/**
 * Goes to the element with that accessible name by Tab alone, as somebody without mouse or touch does. Fails when
 * Tab doesn't get there, or when one can't see where one is on the way.
 */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const seen: string[] = []
  for (let steps = 0; steps < stepsMax; steps++) {
    await page.keyboard.press('Tab')
    const focused = await nameOfFocused(page)
    if (!(await isFocusSeen(page))) throw new Error(`nothing shows that ${focused} has the focus`)
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

/** What has the focus, as far as our own pages name things: by `aria-label`, by their `<label>`, or by their text. */
export function nameOfFocused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement) || element === document.body) return ''
    const label =
      'labels' in element ? (element.labels as NodeListOf<HTMLLabelElement> | null)?.[0] : undefined
    const text = element.getAttribute('aria-label') ?? label?.textContent ?? element.textContent ?? ''
    return text.replaceAll(/\s+/g, ' ').trim()
  })
}

/** Whether what has the focus has an outline, and lies within the window (WCAG 2.4.7 and 2.4.11). */
function isFocusSeen(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement) || element === document.body) return true
    // What slides in is within the window once it is there.
    const moving = document
      .getAnimations()
      .filter((each) => each.effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(moving.map(({ finished }) => finished))
    const { outlineStyle, outlineWidth, outlineColor, opacity } = getComputedStyle(element)
    const isOutlined =
      outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && outlineColor !== 'transparent'
    const { top, bottom, width } = element.getBoundingClientRect()
    const isWithin = top < window.innerHeight && bottom > 0 && width > 0 && opacity !== '0'
    return isOutlined && isWithin
  })
}
