import { expect, test } from 'vitest'
import { createFormat } from '../../clients/web/format.ts'
import { createSay, type Say } from '../../clients/web/messages.ts'
import { en, type MessageKey } from '../../customer-wallet/src/messages/en.ts'
import { sayChange } from '../../customer-wallet/src/terms.ts'

const say: Say<MessageKey> = (key, values) => createSay('en-GB', en)(key, values).replaceAll('\u00a0', ' ')
const telling = {
  say,
  format: createFormat('en-GB', 'UTC'),
  directory: { currency: 'EUR', currency_digits: 2 },
  shopName: () => 'Bakery',
}
const coming = { effective_from: '2020-01-05T12:00:00Z', told_at: null }

test('the wallet tells rates and factors with all their decimals, so that what changes is seen', () => {
  const rate = { field: 'points_per_currency_unit', before: '1.001', after: '1.0005' } as const
  expect(sayChange({ ...coming, ...rate, merchant: null }, telling)).toContain(
    '1.0005 points for €1 instead of 1.001.',
  )
  const factor = { field: 'factor', before: '1.000002', after: '1.000001' } as const
  expect(sayChange({ ...coming, ...factor, merchant: 'mer_1' }, telling)).toContain(
    'Bakery gives 1.000001 times the points instead of 1.000002 times.',
  )
  const given = { count: Number('1.1') * Number('3'), unit: telling.format.moneyUnit('EUR') }
  expect(say('shops.gives', given)).toContain('3.3 points')
  expect(say('shops.gives', { ...given, count: 1.0001 })).toContain('1.0001 points')
})
