import { jwtVerify, SignJWT, errors } from 'jose'
import { z } from 'zod'
import type { Uuid } from '../../ledger/index.ts'
import { uuidOf, typeId } from '../http/ids.ts'
import type { SessionKeys } from './session-keys.ts'

/** Makes and reads session tokens. */
export interface SessionTokens {
  /** Signs a token for a session that is in the database. */
  issue(session: SessionClaims & { readonly expiresAt: Date }): Promise<string>
  /** What a genuine token says; null for any other text. Whether the session still is, the database says. */
  read(token: string): Promise<(SessionClaims & { readonly isExpired: boolean }) | null>
}

/** What a session token says. */
export interface SessionClaims {
  readonly session: Uuid
  /** A person of staff, or a customer. */
  readonly subject: { readonly kind: 'usr' | 'cus'; readonly uuid: Uuid }
  /** The network it acts in; null for the deployment's operator. */
  readonly network: Uuid | null
}

const tokenType = 'tallystick-session+jwt'
const deploymentAudience = 'deployment'
const tokenLengthMax = 1024

const payloadSchema = z.object({
  sub: z.string(),
  aud: z.string(),
  jti: z.string(),
  iat: z.number(),
  nbf: z.number(),
  exp: z.number(),
})

/** JWT (RFC 7519) signed with EdDSA by the key of the day; `issuer` is the deployment's public URL. */
export function createSessionTokens(keys: SessionKeys, issuer: string, now: () => Date): SessionTokens {
  return {
    async issue({ session, subject, network, expiresAt }) {
      const time = now()
      const key = keys.signing(time)
      return await new SignJWT()
        .setProtectedHeader({ alg: 'EdDSA', typ: tokenType, kid: key.kid })
        .setIssuer(issuer)
        .setSubject(typeId(subject.kind, subject.uuid))
        .setAudience(network === null ? deploymentAudience : typeId('net', network))
        .setJti(typeId('ses', session))
        .setIssuedAt(time)
        .setNotBefore(time)
        .setExpirationTime(expiresAt)
        .sign(key.privateKey)
    },
    async read(token) {
      const verified = await verify(keys, issuer, { token, time: now() })
      const payload = payloadSchema.safeParse(verified?.payload)
      const claims = payload.success ? readClaims(payload.data) : null
      return claims && { ...claims, isExpired: verified?.isExpired === true }
    },
  }
}

async function verify(keys: SessionKeys, issuer: string, { token, time }: { token: string; time: Date }) {
  if (token.length > tokenLengthMax) return null
  try {
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        const key = kid === undefined ? undefined : keys.verifying(kid, time)
        if (key === undefined) throw new errors.JWKSNoMatchingKey()
        return key.publicKey
      },
      { algorithms: ['EdDSA'], typ: tokenType, issuer, currentDate: time },
    )
    return { payload, isExpired: false }
  } catch (error) {
    // Its signature was good, so it is known whose it was.
    if (error instanceof errors.JWTExpired) return { payload: error.payload, isExpired: true }
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}

function readClaims({ sub, aud, jti }: z.output<typeof payloadSchema>): SessionClaims | null {
  const session = uuidOf('ses', jti)
  const kind = sub.startsWith('cus_') ? 'cus' : 'usr'
  const subject = uuidOf(kind, sub)
  const network = aud === deploymentAudience ? null : uuidOf('net', aud)
  if (session === null || subject === null || (network === null && aud !== deploymentAudience)) return null
  return { session, subject: { kind, uuid: subject }, network }
}
