import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { mia, openBakeryTill, type BakeryTill } from './support/open-till.ts'
import { hireCashier, pairTablet } from './support/tablet.ts'

let till: BakeryTill
beforeAll(async () => {
  till = await openBakeryTill(['till'])
})
afterAll(() => till?.here.close())
afterEach((context) => till.keepFailure(context))

test('after a wrong PIN the right one is typed, whichever way the wrong one was entered', async () => {
  const { here } = till
  const { page, context } = await pairTablet(here, here.street.bakery)
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const typeDigits = (digits: string) => page.keyboard.type(digits, { delay: 70 })
  const enterWrongly = [
    async () => {
      await typeDigits('4712')
      await button('Open the till').click()
    },
    async () => {
      await typeDigits('4712')
      await button('Open the till').focus()
      await page.keyboard.press('Space')
    },
    async () => {
      for (const digit of '4712') await button(digit).click()
      await page.keyboard.press('Enter')
    },
  ]
  for (const enter of enterWrongly) {
    await button('Mia').click()
    await enter()
    await page.getByText('That PIN is wrong.').waitFor()
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    await typeDigits(mia.pin)
    expect(await page.locator('.dot-typed').count()).toBe(mia.pin.length)
    await page.keyboard.press('Enter')
    await button('Scan').waitFor()
    await button('Menu').click()
    await button('Switch person').click()
  }
  const noa = { name: 'Noa', pin: '800820' }
  await hireCashier(here, here.street.bakery, noa)
  await page.reload()
  await button(noa.name).click()
  await page.keyboard.type(noa.pin)
  await page.keyboard.press('Enter')
  await button('Scan').waitFor()
  await context.close()
})
