/** A key pair (ECDSA P-256) whose private half never leaves this device: it can sign, and no script can read it. */
export function makeDeviceKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
}

/** Its public half as the server takes it (RFC 7517). */
export async function publicJwk({ publicKey }: CryptoKeyPair) {
  const { kty = '', crv = '', x = '', y = '' } = await crypto.subtle.exportKey('jwk', publicKey)
  return { kty, crv, x, y } as { kty: 'EC'; crv: 'P-256'; x: string; y: string }
}
