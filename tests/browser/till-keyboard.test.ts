import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeTill } from '../support/api.ts'
import { nameOfFocused, pressByKeyboard, tabTo } from './support/keyboard.ts'
import { listenForTones, mia, openBakeryTill, type BakeryTill } from './support/open-till.ts'
import { askPairingCode, hireCashier } from './support/tablet.ts'

let till: BakeryTill
beforeAll(async () => {
  till = await openBakeryTill(['till'])
})
afterAll(() => till?.here.close())
afterEach((context) => till.keepFailure(context))

test('a whole sale goes by keyboard alone', async () => {
  const { page, says, join } = till
  const mona = await join('Mona', 10)
  await page.locator('body').click({ position: { x: 2, y: 2 } })
  await page.keyboard.type('1240', { delay: 80 })
  await pressByKeyboard(page, 'Phone, e-mail or card')
  await pressByKeyboard(page, 'Phone, e-mail address or card number')
  await page.keyboard.type(mona.email)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Mona' }).waitFor()
  await says('€12.40')
  await pressByKeyboard(page, 'Done')
  await says('12 points for Mona')
  await page.keyboard.press('Escape')
  expect(await mona.available()).toBe(22)
})

test('a tablet is paired, opened, used and closed for the day by keyboard alone', async () => {
  const { here } = till
  const { street } = here
  const { id } = await makeTill(street.api, street.network, street.bakery.merchant)
  const context = await here.visit()
  const tab = await context.newPage()
  const heading = (name: string) => tab.getByRole('heading', { name }).waitFor()
  await tab.goto('/till/')
  await tabTo(tab, 'Pairing code')
  await tab.keyboard.type(await askPairingCode(here, id))
  await tab.keyboard.press('Enter')
  await heading('Who is at the till?')
  await pressByKeyboard(tab, 'Mia')
  await tab.keyboard.type(mia.pin, { delay: 70 })
  await tab.keyboard.press('Enter')
  await tab.getByText('€0.00').waitFor()
  await tab.keyboard.type('500', { delay: 70 })
  await pressByKeyboard(tab, 'New customer')
  await tabTo(tab, 'Name')
  await tab.keyboard.type('Tove')
  await tabTo(tab, 'Phone, e-mail or a new card')
  await tab.keyboard.type('tove@example.org')
  await tab.keyboard.press('Enter')
  await heading('Tove')
  await tab.keyboard.press('Enter')
  await tab.getByText('5 points for Tove').first().waitFor()
  await tab.keyboard.press('Enter')
  await pressByKeyboard(tab, 'Menu')
  // The first of the menu has the focus.
  await tab.keyboard.press('Enter')
  await heading('Sales')
  await pressByKeyboard(tab, /€5.00/)
  await pressByKeyboard(tab, 'Refund all')
  await tab.getByText('Give back €5.00. 5 points taken back.').waitFor()
  await pressByKeyboard(tab, 'Menu')
  await pressByKeyboard(tab, 'Close of day')
  expect(await tab.getByText('Given back in money').locator('..').innerText()).toContain('€5.00')
  await context.close()
})

/** Goes to a field by Tab and types. */
async function fill(field: string, text: string): Promise<void> {
  await tabTo(till.page, field)
  await till.page.keyboard.type(text)
}

async function chooseInMenu(name: string): Promise<void> {
  await pressByKeyboard(till.page, 'Menu')
  await pressByKeyboard(till.page, name)
}

const heading = (name: string) => till.page.getByRole('heading', { name }).waitFor()
const typeDigits = (digits: string) => till.page.keyboard.type(digits, { delay: 70 })

test('by keyboard alone the next cashier takes over by PIN, and enrols somebody who is old enough, as far as the yes', async () => {
  const { here, page, says } = till
  const { api, network, bakery } = here.street
  const noa = { name: 'Noa', pin: '80082' }
  await hireCashier(here, bakery, noa)
  const demanded = await api
    .call('patch', `/v1/networks/${network.slug}`, network.operator)
    .send({ minimum_age: 16 })
  expect(demanded).toMatchObject({ status: 200 })
  await chooseInMenu('Switch person')
  await heading('Who is at the till?')
  await pressByKeyboard(page, noa.name)
  await typeDigits('8007')
  await page.keyboard.press('Enter')
  await says('That PIN is wrong.')
  await typeDigits(noa.pin)
  await page.keyboard.press('Enter')
  await says('€0.00')
  await says('Noa')

  await typeDigits('900')
  await pressByKeyboard(page, 'New customer')
  await heading('New customer')
  await fill('Name', 'Ola')
  await fill('Phone, e-mail or a new card', 'ola@example.org')
  // The browser leads to what is still missing, and nobody is enrolled without it.
  await page.keyboard.press('Enter')
  await expect.poll(() => nameOfFocused(page)).toBe('They say they are 16 or older')
  const known = () => bakery.post('/v1/identifications', { email: 'ola@example.org' }, null)
  expect(await known()).toMatchObject({ status: 404 })
  await page.keyboard.press('Space')
  await pressByKeyboard(page, 'Enrol')
  await heading('Ola')
  await page.keyboard.press('Enter')
  await says('9 points for Ola')
  await page.keyboard.press('Escape')
  expect(await known()).toMatchObject({ body: { available: 9 } })
})

test('by keyboard alone somebody is found by phone and by card, and the register’s own receipt number goes with the sale', async () => {
  const { page, says, transactions, here } = till
  for (const [name, contact] of [
    ['Pia', '+44 20 7946 0199'],
    ['Quin', '290000004799'],
  ] as const) {
    await pressByKeyboard(page, 'New customer')
    await fill('Name', name)
    await fill('Phone, e-mail or a new card', contact)
    await tabTo(page, 'They say they are 16 or older')
    await page.keyboard.press('Space')
    await page.keyboard.press('Enter')
    await heading(name)
    await pressByKeyboard(page, 'Cancel')
    await typeDigits('300')
    await pressByKeyboard(page, 'Receipt number')
    await fill('Receipt number', `bon-${name}`)
    await pressByKeyboard(page, 'Phone, e-mail or card')
    await fill('Phone, e-mail address or card number', contact)
    await page.keyboard.press('Enter')
    await heading(name)
    await pressByKeyboard(page, 'Done')
    await says(`3 points for ${name}`)
    await page.keyboard.press('Escape')
    const { body } = await here.street.bakery.get(`/v1/transactions?reference=bon-${name}`)
    expect(body.data).toEqual([(await transactions())[0]])
  }
})

test('by keyboard alone the sounds are made louder, and tried', async () => {
  const { page, button } = till
  await chooseInMenu('Settings')
  await heading('Settings')
  const heard = await listenForTones(page)
  await tabTo(page, 'Volume of the sounds')
  await page.keyboard.press('Home')
  await pressByKeyboard(page, 'Try it')
  expect(await heard()).toEqual([])
  await tabTo(page, 'Volume of the sounds')
  for (let step = 0; step < 8; step++) await page.keyboard.press('ArrowRight')
  await pressByKeyboard(page, 'Try it')
  expect(await heard()).toEqual([660, 990])
  expect(await page.getByLabel('Volume of the sounds').inputValue()).toBe('8')
  await pressByKeyboard(page, 'Back')
  await button('Scan').waitFor()
})

test('by keyboard alone what waits is sent, what was refused is seen to, and the tablet ends being a till', async () => {
  const { here, page, says, tablet } = till
  await tablet.context.setOffline(true)
  for (const email of ['ola@example.org', 'nobody@example.org']) {
    await typeDigits('500')
    await pressByKeyboard(page, 'Phone, e-mail or card')
    await fill('Phone, e-mail address or card number', email)
    await page.keyboard.press('Enter')
    await says('Name and points come when the network is back')
    await page.keyboard.press('Enter')
    await heading('Saved on this till')
    await page.keyboard.press('Escape')
  }
  await pressByKeyboard(page, '2 wait')
  await heading('To be sent')
  await pressByKeyboard(page, 'Send now')
  await says('No network yet. They stay on this till.')
  await tablet.context.setOffline(false)
  await says('Nobody is known by that.')
  await pressByKeyboard(page, 'Seen to')
  await says('Nothing waits. Everything is on the server.')
  expect((await here.street.bakery.get('/v1/transactions?limit=1')).body.data).toMatchObject([
    { kind: 'issue', points: 5 },
  ])
  await chooseInMenu('Settings')
  await pressByKeyboard(page, 'This tablet is no longer a till')
  await says('Really?')
  await pressByKeyboard(page, 'This tablet is no longer a till')
  await heading('Make this tablet a till')
})
