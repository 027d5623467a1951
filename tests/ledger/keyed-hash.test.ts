import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMac } from '../../ledger/keyed-hash.ts'

test('RFC 4231, test case 2: a key shorter than the hash', () => {
  expect(createMac(Buffer.from('Jefe'))('what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
})

test("texts of any length, one after another, are hashed as Node's own HMAC does", () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', 'é', '👋', '\ud83d', '\0'), minLength: 40, maxLength: 9000 }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 64 }), fc.array(text), (key, texts) => {
      const mac = createMac(key)
      expect(texts.map((one) => mac(one))).toEqual(
        texts.map((one) => createHmac('sha256', key).update(one).digest('hex')),
      )
    }),
  )
})
