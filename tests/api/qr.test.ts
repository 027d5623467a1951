import { CompactSign, exportJWK, generateKeyPair, type CompactJWSHeaderParameters } from 'jose'
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { typeId } from '../../api/http/ids.ts'
import { Refusal } from '../../api/http/problems.ts'
import { readDigits, writeDigits } from '../../api/qr/digits.ts'
import { keepPublicKey, publicKeySchema } from '../../api/qr/public-key.ts'
import { readQr } from '../../api/qr/read-qr.ts'

const device = randomUUID()
const wallet = randomUUID()
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
const publicJwk = await exportJWK(publicKey)
const header = { alg: 'ES256', typ: 'tallystick-qr+jwt', kid: typeId('dev', device) }
const payload = {
  sub: typeId('wal', wallet),
  aud: 'high-street',
  iat: 1_790_000_000,
  exp: 1_790_000_060,
  jti: 'a-single-use-id',
}

async function sign(changes: { header?: object; payload?: object } = {}, key = privateKey): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify({ ...payload, ...changes.payload })))
    .setProtectedHeader({ ...header, ...changes.header } as CompactJWSHeaderParameters)
    .sign(key)
}

async function read(text: string): Promise<unknown> {
  const found = await readQr(
    async (uuid) => (uuid === device ? { publicKey: publicJwk, wallet } : undefined),
    'high-street',
    text,
  ).catch((error: unknown) => {
    if (error instanceof Refusal) return error.code
    throw error
  })
  return found
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a QR', () => {
  const spent = {
    id: `${device} a-single-use-id`,
    issuedAt: new Date('2026-09-21T14:13:20Z'),
    expiresAt: new Date('2026-09-21T14:14:20Z'),
  }

  test('is read as compact JWS and as digits alike', async () => {
    const jws = await sign()
    expect(await read(jws)).toMatchObject({ spent })
    expect(await read(writeDigits(jws))).toMatchObject({ spent })
  })

  test('is read when it is long expired, because a replay must be found first', async () => {
    expect(await read(await sign({ payload: { iat: 1000, exp: 1060 } }))).toMatchObject({
      spent: { id: spent.id },
    })
  })

  test('that was changed after signing is not genuine', async () => {
    const [head, , signature] = (await sign()).split('.')
    expect(await read(`${head}.${base64url({ ...payload, jti: 'another-id-here' })}.${signature}`)).toBe(
      'qr_not_genuine',
    )
    expect(await read(`${head}.${base64url(payload)}.${'A'.repeat(86)}`)).toBe('qr_not_genuine')
  })

  test('signed by another key is not genuine', async () => {
    const stranger = await generateKeyPair('ES256')
    expect(await read(await sign({}, stranger.privateKey))).toBe('qr_not_genuine')
  })

  test('of another network, wallet or device is not genuine', async () => {
    expect(await read(await sign({ payload: { aud: 'harbour' } }))).toBe('qr_not_genuine')
    expect(await read(await sign({ payload: { sub: typeId('wal', randomUUID()) } }))).toBe('qr_not_genuine')
    expect(await read(await sign({ header: { kid: typeId('dev', randomUUID()) } }))).toBe('qr_not_genuine')
  })

  test.each([{ alg: 'none' }, { alg: 'HS256' }, { alg: 'ES384' }, { alg: 'ES256K' }])(
    'whose header says %o is refused, whatever the signature',
    async (change) => {
      const [, body, signature] = (await sign()).split('.')
      const head = base64url({ ...header, ...change })
      expect(await read(`${head}.${body}.${signature}`)).toBe('qr_unreadable')
      expect(await read(`${head}.${body}.`)).toBe('qr_unreadable')
    },
  )

  test('of another type, or with anything more in its header, is refused', async () => {
    expect(await read(await sign({ header: { typ: 'JWT' } }))).toBe('qr_unreadable')
    expect(await read(await sign({ header: { jwk: publicJwk } }))).toBe('qr_unreadable')
  })

  test.each([
    { exp: payload.iat + 61 },
    { exp: payload.iat },
    { exp: payload.iat - 1 },
    { iat: 1.5 },
    { iat: '1790000000' },
    { iat: -1, exp: 10 },
    { iat: 1e300, exp: 1e300 },
    { jti: 'short' },
    { jti: 'x'.repeat(65) },
    { jti: 'with a space' },
    { jti: undefined },
    { aud: ['high-street'] },
    { sub: 'wal_nonsense' },
    { nbf: payload.iat },
  ])('whose payload says %o is refused', async (change) => {
    expect(await read(await sign({ payload: change }))).toMatch(/^qr_(unreadable|not_genuine)$/)
  })

  test.each([
    ['nothing', ''],
    ['two parts', 'abc.def'],
    ['four parts', 'a.b.c.d'],
    ['an odd number of digits', '123'],
    ['digits above 77', '0078'],
    ['a NUL', 'a\0.b.c'],
    ['a header that is not JSON', `${Buffer.from('{').toString('base64url')}.e30.e30`],
    ['a header that is null', `${base64url(null)}.e30.e30`],
    ['invalid UTF-8', `${Buffer.from([0xff, 0xfe]).toString('base64url')}.e30.e30`],
    ['a prefix', 'shc:/5676290952432060346029243740446031222959532654603460292540'],
    ['a megabyte', '1'.repeat(1_000_000)],
    ['a megabyte of letters', `${'e'.repeat(1_000_000)}.e30.e30`],
  ])('that is %s is unreadable', async (_what, text) => {
    expect(await read(text)).toBe('qr_unreadable')
  })
})

test('digits are pairs of code point − 45, from - to z', () => {
  expect(writeDigits('-.Az')).toBe('00012077')
  expect(readDigits('00012077')).toBe('-.Az')
})

describe('a device key', () => {
  const check = async (key: unknown) => {
    const parsed = publicKeySchema.safeParse(key)
    return parsed.success ? keepPublicKey(parsed.data) : parsed.error.issues[0]?.message
  }

  test('of P-256 is kept without anything beside the key', async () => {
    expect(await check({ ...publicJwk, ext: true, key_ops: ['verify'], use: 'sig' })).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: publicJwk.x,
      y: publicJwk.y,
    })
  })

  test('that is private is refused in clear words', async () => {
    expect(await check(await exportJWK(privateKey))).toContain('private key')
  })

  test('of another curve is refused', async () => {
    const p384 = await generateKeyPair('ES384', { extractable: true })
    expect(await check(await exportJWK(p384.publicKey))).toContain('P-256')
    expect(await check({ ...publicJwk, crv: 'secp256k1' })).toContain('P-256')
    expect(await check({ ...publicJwk, kty: 'OKP', crv: 'Ed25519' })).toBeTypeOf('string')
  })

  test('whose point is not on the curve is refused', async () => {
    expect(await check({ ...publicJwk, y: publicJwk.x })).toBeNull()
  })
})
