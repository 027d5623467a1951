import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import { randomUUID } from 'node:crypto'
import type { TestApi } from './api.ts'
import { answered, callAs } from './calls.ts'

/** A customer's phone, signed in and bound: what the wallet app would do. */
export interface Phone {
  readonly email: string
  readonly token: string
  /** `wal_…` */
  readonly wallet: string
  /** `dev_…` */
  readonly device: string
  /** A QR made now with a fresh `jti`, unless told, as compact JWS. */
  showQr(as?: { issuedAt?: Date; jti?: string }): Promise<string>
}

/** What takes requests, and the letters it has sent. */
export type Post = Pick<TestApi, 'url' | 'from' | 'letters'>

/** Signs a customer in by the code in their e-mail, which joins them, and binds a device. */
export async function joinByPhone(api: Post, network: string, email: string): Promise<Phone> {
  const { token, wallet } = await signInCustomer(api, network, email)
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const { x, y } = await exportJWK(publicKey)
  const public_key = { kty: 'EC', crv: 'P-256', x: x!, y: y! } as const
  const { id: device } = await answered(
    callAs(api, token).POST('/v1/wallet-devices', { body: { public_key } }),
  )
  return {
    email,
    token,
    wallet,
    device,
    showQr({ issuedAt = new Date(), jti = randomUUID() } = {}) {
      const iat = Math.floor(issuedAt.getTime() / 1000)
      const payload = { sub: wallet, aud: network, iat, exp: iat + 60, jti }
      return new CompactSign(Buffer.from(JSON.stringify(payload)))
        .setProtectedHeader({ alg: 'ES256', typ: 'tallystick-qr+jwt', kid: device })
        .sign(privateKey)
    },
  }
}

/** Asks for a code and enters it. */
export async function signInCustomer(
  api: Post,
  network: string,
  email: string,
): Promise<{ token: string; wallet: string }> {
  const nobody = callAs(api)
  const { id } = await answered(nobody.POST('/v1/wallet-sessions', { body: { network, email } }))
  const body = { code: lastCode(api, email) }
  return await answered(nobody.POST('/v1/wallet-sessions/{id}/code', { params: { path: { id } }, body }))
}

/** The code in the last letter with one to an address. */
export function lastCode(api: Post, email: string): string {
  const code = /\b[0-9]{6}\b/
  const letter = api.letters.findLast(({ to, text }) => to === email.toLowerCase() && code.test(text))
  return code.exec(letter?.text ?? '')?.[0] ?? 'no letter'
}
