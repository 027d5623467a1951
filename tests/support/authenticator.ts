import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { cose, isoCBOR } from '@simplewebauthn/server/helpers'

/** What may be wrong with an answer, so that its refusal can be seen. */
export interface Wrong {
  readonly origin?: string
  readonly rpId?: string
  /** Nobody showed a finger, face or PIN. */
  readonly unverified?: boolean
  /** The authenticator's count, where it isn't the next one. */
  readonly count?: number
}

/** A passkey in software: it answers as a browser with an ES256 authenticator does (WebAuthn Level 3, section 6). */
export interface Authenticator {
  /** The answer to creation options, attestation `none`. */
  create(options: Options, wrong?: Wrong): object
  /** The answer to request options. */
  get(options: Options, wrong?: Wrong): object
}

interface Options {
  readonly challenge: string
  readonly user?: { readonly id: string }
}

// Section 6.1: user present, user verified, attested credential data included.
const present = 0x01
const verified = 0x04
const attested = 0x40

/** A new one, with a key of its own, for the site at `origin`. */
export function createAuthenticator(origin: string): Authenticator {
  const id = randomBytes(32)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  let count = 0
  let userHandle: string | undefined

  const clientData = (type: string, { challenge }: Options, wrong: Wrong) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: wrong.origin ?? origin, crossOrigin: false }))
  const authenticatorData = (flags: number, wrong: Wrong, attestedData = Buffer.alloc(0)) => {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(wrong.count ?? ++count)
    const flag = flags | present | (wrong.unverified ? 0 : verified)
    return Buffer.concat([
      sha256(wrong.rpId ?? new URL(origin).hostname),
      Buffer.from([flag]),
      counter,
      attestedData,
    ])
  }
  const answer = (response: Record<string, Buffer | string | undefined>) => ({
    id: id.toString('base64url'),
    rawId: id.toString('base64url'),
    type: 'public-key',
    clientExtensionResults: {},
    authenticatorAttachment: 'platform',
    response: Object.fromEntries(
      Object.entries(response).map(([name, value]) => [
        name,
        Buffer.isBuffer(value) ? value.toString('base64url') : value,
      ]),
    ),
  })

  return {
    create(options, wrong = {}) {
      userHandle = options.user?.id
      const length = Buffer.alloc(2)
      length.writeUInt16BE(id.length)
      const credential = Buffer.concat([Buffer.alloc(16), length, id, coseKey(publicKey)])
      const authData = new Uint8Array(authenticatorData(attested, wrong, credential))
      const attestation = new Map<string, string | Uint8Array | Map<string, string>>()
      attestation.set('fmt', 'none').set('attStmt', new Map()).set('authData', authData)
      return answer({
        clientDataJSON: clientData('webauthn.create', options, wrong),
        attestationObject: Buffer.from(isoCBOR.encode(attestation)),
      })
    },
    get(options, wrong = {}) {
      const clientDataJSON = clientData('webauthn.get', options, wrong)
      const data = authenticatorData(0, wrong)
      const signature = sign('sha256', Buffer.concat([data, sha256(clientDataJSON)]), privateKey)
      return answer({ clientDataJSON, authenticatorData: data, signature, userHandle })
    },
  }
}

/** RFC 9053 section 7.1.1. */
function coseKey(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
  const fields = new Map<number, number | Uint8Array>([
    [cose.COSEKEYS.kty, cose.COSEKTY.EC2],
    [cose.COSEKEYS.alg, cose.COSEALG.ES256],
    [cose.COSEKEYS.crv, cose.COSECRV.P256],
    [cose.COSEKEYS.x, bytes(x)],
    [cose.COSEKEYS.y, bytes(y)],
  ])
  return Buffer.from(isoCBOR.encode(fields))
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest()
}
