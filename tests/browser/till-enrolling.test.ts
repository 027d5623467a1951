import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeFakeCamera, showCard, type FakeCamera } from './support/camera.ts'
import { openBakeryTill, type BakeryTill } from './support/open-till.ts'
import { scanQr } from './support/qr-reader.ts'
import { scanByHand, typeAmount } from './support/tablet.ts'
import { enterCode } from './support/wallet.ts'

let camera: FakeCamera
let till: BakeryTill
beforeAll(async () => {
  camera = await makeFakeCamera()
  till = await openBakeryTill(['till', 'wallet'], camera.flags)
})
afterAll(async () => {
  await till?.here.close()
  await camera?.close()
})
afterEach((context) => till.keepFailure(context))

test('somebody new is enrolled with a card and gets the points of the sale; by the card they are found again, typed or seen', async () => {
  const { here, page, button, says } = till
  await typeAmount(page, '900')
  await button('New customer').click()
  await page.getByLabel('Name').fill('<img src=x onerror=alert(1)>Eve')
  await page.getByLabel('Phone, e-mail or a new card').fill('2900 0000 4711')
  await button('Enrol').click()
  // What people write is shown as they wrote it, and becomes no part of the page.
  await page.getByRole('heading', { name: '<img src=x onerror=alert(1)>Eve' }).waitFor()
  expect(await page.locator('img').count()).toBe(0)
  await says('A first visit here: say welcome.')
  await button('Done').click()
  await says(/^9 points for/)
  await button('Touch to go on').click()
  for (const show of [
    () => scanByHand(page, '290000004711'),
    async () => {
      await camera.see(await showCard(await here.visit(), '290000004711'))
      await button('Scan').click()
    },
  ]) {
    await show()
    await page.getByRole('heading', { name: /Eve/ }).waitFor()
    await says('9 points to spend')
    await button('Cancel').click()
  }
})

test('somebody new is enrolled with a phone number in less than 15 seconds, and found by it', async () => {
  const { page, button } = till
  const began = Date.now()
  await button('New customer').click()
  await page.getByLabel('Name').fill('Pia')
  await page.getByLabel('Phone, e-mail or a new card').fill('+44 20 7946 0123')
  await button('Enrol').click()
  await page.getByRole('heading', { name: 'Pia' }).waitFor()
  expect(Date.now() - began).toBeLessThan(15_000)
  await button('Cancel').click()
  await button('Phone, e-mail or card').click()
  await page.getByLabel('Phone, e-mail address or card number').fill('+442079460123')
  await button('Find').click()
  await page.getByRole('heading', { name: 'Pia' }).waitFor()
  await button('Cancel').click()
})

test('without a card the points wait under a code: as a QR and in letters, to be photographed or printed, for whoever joins', async () => {
  const { here, page, button, says } = till
  await typeAmount(page, '1300')
  await button('No card').click()
  await says(/^13 points wait under \w{4}-\w{4}$/)
  await page.evaluate(() => Object.assign(window, { prints: 0, print: () => (window as never)['prints']++ }))
  await button('Print').click()
  expect(await page.evaluate(() => (window as never)['prints'])).toBe(1)
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByRole('button').count()).toBe(0)
  const link = await scanQr(page)
  await page.emulateMedia({ media: 'screen' })
  await button('Touch to go on').click()
  const code = /#claim=([\w-]+)$/.exec(link)?.[1] ?? 'none'
  await says(`13 points wait under ${code}`)

  const phone = await (await here.visit()).newPage()
  await phone.goto(link)
  await phone.getByText('Points wait for you.').waitFor()
  await phone.getByLabel('E-mail').fill('una@example.org')
  await phone.getByRole('button', { name: 'Send me a code' }).click()
  await enterCode(here, phone, 'una@example.org')
  await phone.getByText('13 points from your receipt are in your wallet.').waitFor()
  await phone.context().close()
})

test('in training, without an amount, or without the network nobody gets a code', async () => {
  const { tablet, page, button, says, transactions } = till
  const before = await transactions()
  await button('No card').click()
  await says('Enter an amount to give or take points.')
  await typeAmount(page, '300')
  await tablet.context.setOffline(true)
  await button('No card').click()
  await says('No network, so there is no code to give.')
  await tablet.context.setOffline(false)
  await button('Menu').click()
  await button('Begin training').click()
  await typeAmount(page, '300')
  await button('No card').click()
  await says('Practice: no code was made.')
  await button('Menu').click()
  await button('End training').click()
  expect(await transactions()).toEqual(before)
})
