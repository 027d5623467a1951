import { compactVerify, errors, type JWK } from 'jose'
import { z } from 'zod'
import type { SpentQr, Uuid } from '../../ledger/index.ts'
import { uuidOf } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { readDigits } from './digits.ts'

export const qrLifetimeSeconds = 60
export const qrType = 'tallystick-qr+jwt'

/** Longest text taken: well above a QR with the longest slug and `jti`, in digits. */
export const qrTextLengthMax = 2048

/** What is known of the device that a QR says it comes from. */
export interface QrDevice {
  readonly publicKey: JWK
  readonly wallet: Uuid
}

/** A QR whose form, signature, network and wallet hold. Its times and single use are the posting's to check. */
export interface ReadQr<Device extends QrDevice> {
  readonly device: Device
  readonly spent: SpentQr
}

const numericDate = z.int().min(0).max(253_402_300_799)

const headerSchema = z.strictObject({
  alg: z.literal('ES256'),
  typ: z.literal(qrType),
  kid: z.string(),
})

const payloadSchema = z
  .strictObject({
    sub: z.string(),
    aud: z.string(),
    iat: numericDate,
    exp: numericDate,
    jti: z.string().regex(/^[\x21-\x7e]{8,64}$/),
  })
  .refine(({ iat, exp }) => exp > iat && exp <= iat + qrLifetimeSeconds)

/**
 * Reads a customer's QR, as compact JWS (RFC 7515 section 7.1, ES256) or as digits.
 * `findDevice` answers the device of `network` with that UUID, removed ones too.
 * Refuses `qr_unreadable` what has not the form, `qr_not_genuine` what no device of this network signed for its wallet.
 */
export async function readQr<Device extends QrDevice>(
  findDevice: (device: Uuid) => Promise<Device | undefined>,
  networkSlug: string,
  text: string,
): Promise<ReadQr<Device>> {
  const jws = toCompactJws(text)
  const header = readPart(headerSchema, jws.split('.')[0] ?? '')
  const deviceUuid = uuidOf('dev', header.kid)
  if (deviceUuid === null) throw new Refusal('qr_unreadable')
  const device = await findDevice(deviceUuid)
  if (device === undefined) throw new Refusal('qr_not_genuine')
  const payload = readPart(payloadSchema, await verify(jws, device.publicKey))
  if (payload.aud !== networkSlug) throw new Refusal('qr_not_genuine')
  if (uuidOf('wal', payload.sub) !== device.wallet) throw new Refusal('qr_not_genuine')
  const spent = {
    // A device chooses its `jti` freely, so one could use up another's; no `jti` has a space.
    id: `${deviceUuid} ${payload.jti}`,
    issuedAt: new Date(payload.iat * 1000),
    expiresAt: new Date(payload.exp * 1000),
  }
  return { device, spent }
}

function toCompactJws(text: string): string {
  if (text.length > qrTextLengthMax) throw new Refusal('qr_unreadable')
  const jws = /^[0-9]+$/.test(text) ? readDigits(text) : text
  if (jws === null || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jws)) throw new Refusal('qr_unreadable')
  return jws
}

async function verify(jws: string, publicKey: JWK): Promise<Uint8Array> {
  try {
    const { payload } = await compactVerify(jws, publicKey, { algorithms: ['ES256'] })
    return payload
  } catch (error) {
    if (error instanceof errors.JOSEError) throw new Refusal('qr_not_genuine')
    throw error
  }
}

/** A base64url header or verified bytes, as the JSON that `schema` describes. */
function readPart<T>(schema: z.ZodType<T>, part: string | Uint8Array): T {
  const bytes = typeof part === 'string' ? Buffer.from(part, 'base64url') : part
  const parsed = schema.safeParse(parseJson(Buffer.from(bytes).toString('utf8')))
  if (!parsed.success) throw new Refusal('qr_unreadable')
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal('qr_unreadable')
  }
}
