import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openBakeryTill, type BakeryTill } from './support/open-till.ts'
import { scanByHand, typeAmount } from './support/tablet.ts'

let till: BakeryTill
beforeAll(async () => {
  till = await openBakeryTill(['till'])
})
afterAll(() => till?.here.close())
afterEach((context) => till.keepFailure(context))

test('the last sale is undone with one touch, and only once', async () => {
  const { here, page, button, says, join } = till
  const hugo = await join('Hugo', 0)
  await typeAmount(page, '1100')
  await scanByHand(page, await hugo.showQr())
  await button('Done').click()
  await button('Touch to go on').click()
  expect(await hugo.available()).toBe(11)
  await button('Undo').dblclick()
  await says('Undone. Give back €11.00. Hugo has 0.')
  expect(await hugo.available()).toBe(0)
  const { data } = (await here.street.bakery.get(`/v1/transactions?wallet=${hugo.wallet}`)).body
  expect(data.map(({ kind }: { kind: string }) => kind)).toEqual(['reverse', 'issue'])
})

test('goods that come back are refunded in part, found by the receipt', async () => {
  const { here, page, button, says, join } = till
  const iris = await join('Iris', 0)
  await here.street.bakery.buy({ wallet: iris.wallet, amount_minor: 2000, reference: 'bon-77' })
  await button('Menu').click()
  await button('Sales').click()
  await page.getByLabel('Receipt number').fill('bon-78')
  await button('Find').click()
  await says('No sale with that receipt number. Check it.')
  await page.getByLabel('Receipt number').fill('bon-77')
  await button('Find').click()
  await button(/€20.00/).click()
  await button('Refund a part').click()
  await typeAmount(page, '550')
  await button('Refund €5.50').click()
  await says('Give back €5.50. 6 points taken back.')
  expect(await iris.available()).toBe(14)
  await button('Back').click()
})

test('a sale of the wrong customer moves to the right one', async () => {
  const { here, page, button, says, join } = till
  const [jack, kate] = [await join('Jack', 0), await join('Kate', 0)]
  await here.street.bakery.buy({ wallet: jack.wallet, amount_minor: 800, reference: 'bon-79' })
  await button('Menu').click()
  await button('Sales').click()
  await page.getByLabel('Receipt number').fill('bon-79')
  await button('Find').click()
  await button(/€8.00/).click()
  await button('Wrong customer').click()
  await scanByHand(page, await kate.showQr())
  await says('Moved. 8 points for Kate.')
  expect([await jack.available(), await kate.available()]).toEqual([0, 8])
  await button('Back').click()
  await page.getByRole('heading', { name: 'Sales' }).waitFor()
  await button('Back').click()
})

test('the till knows the receipt numbers of the sales that were rung up at it, also of those sent later', async () => {
  const { here, tablet, page, button, says, join } = till
  const luna = await join('Luna', 0)
  await typeAmount(page, '300')
  await button('Receipt number').click()
  await page.getByLabel('Receipt number').fill('bon-80')
  await page.keyboard.press('Enter')
  await scanByHand(page, await luna.showQr())
  await button('Done').click()
  await button('Touch to go on').click()
  await tablet.context.setOffline(true)
  await typeAmount(page, '400')
  await scanByHand(page, await luna.showQr())
  await button('Done').click()
  await button('Touch to go on').click()
  await tablet.context.setOffline(false)
  await button('1 waits').waitFor({ state: 'detached' })
  await button('Menu').click()
  await button('Sales').click()
  await button(/€3.00.*/)
    .getByText('Receipt bon-80')
    .waitFor()
  const made = await button(/€4.00/)
    .getByText(/Receipt \w{4}-\w{4}/)
    .innerText()
  await page.getByLabel('Receipt number').fill(made.replace('Receipt ', ''))
  await button('Find').click()
  await button(/€3.00/).waitFor({ state: 'detached' })
  await button(/€4.00/).click()
  await says(made)
  expect((await here.street.bakery.get(`/v1/transactions?wallet=${luna.wallet}`)).body.data).toHaveLength(2)
})
