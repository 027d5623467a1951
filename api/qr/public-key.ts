import { importJWK, type JWK } from 'jose'
import { z } from 'zod'
import { entered } from '../http/fields.ts'

const coordinate = z.string().regex(/^[\w-]{43}$/, 'a coordinate is 32 bytes in base64url')

/**
 * A device's public key: a JWK (RFC 7517) on the curve P-256. Members that WebCrypto's `exportKey` adds are taken
 * and not kept.
 */
export const publicKeySchema = z
  .strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256', 'only P-256 keys can sign a QR'),
    x: coordinate,
    y: coordinate,
    d: z.never('this is a private key: send the public key only, and make a new pair').optional(),
    alg: z.literal('ES256').optional(),
    use: z.literal('sig').optional(),
    ext: z.boolean().optional(),
    key_ops: z.array(z.literal('verify')).max(1).optional(),
    kid: entered(0, 100).optional(),
  })
  .meta({ description: 'A public key as JWK (RFC 7517), on the curve P-256.' })

/** The members that make the key what it is; null when x and y are no point on the curve. */
export async function keepPublicKey(key: z.output<typeof publicKeySchema>): Promise<JWK | null> {
  const kept = { kty: key.kty, crv: key.crv, x: key.x, y: key.y }
  try {
    await importJWK(kept, 'ES256')
    return kept
  } catch {
    return null
  }
}
