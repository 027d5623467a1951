import { CompactSign } from 'jose'
import type { Membership } from '../account/database.ts'

/** How long a QR is good; the server takes no longer ones. */
export const qrLifetimeSeconds = 60
/** A new one is shown so early that whoever is just scanning the old one is not too late. */
export const qrRenewSeconds = 40

/** The QR that pays from this wallet, made now by the server's clock: a compact JWS (RFC 7515, ES256). */
export function makeQrToken({ device, wallet, network, key }: Membership, now: Date): Promise<string> {
  const iat = Math.floor(now.getTime() / 1000)
  const payload = { sub: wallet, aud: network, iat, exp: iat + qrLifetimeSeconds, jti: crypto.randomUUID() }
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'ES256', typ: 'tallystick-qr+jwt', kid: device })
    .sign(key.privateKey)
}
