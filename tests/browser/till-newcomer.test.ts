import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { mia, openBakeryTill, type BakeryTill } from './support/open-till.ts'
import { hireCashier, openTill, pairTablet } from './support/tablet.ts'

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

test('somebody is enrolled and found by the phone number as they say it, where the country is known', async () => {
  const { here } = till
  const { api, network, bakery } = here.street
  const find = async (tab: Page, text: string) => {
    await tab.getByRole('button', { name: 'Phone, e-mail or card' }).click()
    await tab.getByLabel('Phone, e-mail address or card number').fill(text)
    await tab.getByRole('button', { name: 'Find' }).click()
  }
  await find(till.page, '085 123 4567')
  await till.says('A phone number needs its country code: put it instead of the first 0, like +44.')
  await till.button('Back').click()

  const placed = await api
    .call('patch', `/v1/networks/${network.slug}`, network.operator)
    .send({ locale: 'en-IE' })
  expect(placed).toMatchObject({ status: 200 })
  const tablet = await pairTablet(here, bakery)
  const { page, context } = tablet
  await openTill(tablet, mia)
  await page.getByRole('button', { name: 'New customer' }).click()
  await page.getByLabel('Name').fill('Aoife')
  await page.getByLabel('Phone, e-mail or a new card').fill('085 123 4567')
  await page.getByRole('button', { name: 'Enrol' }).click()
  await page.getByRole('heading', { name: 'Aoife' }).waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  expect(await bakery.post('/v1/identifications', { phone: '+353851234567' }, null)).toMatchObject({
    status: 201,
  })
  await find(page, '(085) 1234567')
  await page.getByRole('heading', { name: 'Aoife' }).waitFor()
  await context.close()
})

for (const viewport of [
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
]) {
  test(`a part of a sale is refunded without scrolling on a screen of ${viewport.width} × ${viewport.height}`, async () => {
    const { here, join } = till
    const { bakery } = here.street
    const customer = await join('Ines', 0)
    const reference = `bon-${viewport.width}`
    await bakery.buy({ wallet: customer.wallet, amount_minor: 2000, reference })
    const tablet = await pairTablet(here, bakery, { viewport })
    const { page, context } = tablet
    const button = (name: string | RegExp) => page.getByRole('button', { name })
    await openTill(tablet, mia)
    await button('Menu').click()
    await button('Sales').click()
    await page.getByLabel('Receipt number').fill(reference)
    await button('Find').click()
    await button(/€20.00/).click()
    await button('Refund a part').click()
    await page.getByText('Worth of the goods that come back').waitFor()
    await page.keyboard.type('500', { delay: 70 })
    await button('Refund €5.00').waitFor()
    expect(await page.evaluate(() => scrollY)).toBe(0)
    for (const name of ['Refund €5.00', 'Cancel']) {
      const { y, height } = (await button(name).boundingBox())!
      expect(y + height).toBeLessThanOrEqual(viewport.height)
    }
    await context.close()
  })
}
