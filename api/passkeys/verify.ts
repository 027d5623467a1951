import {
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { cose } from '@simplewebauthn/server/helpers'
import type { z } from 'zod'
import { Refusal } from '../http/problems.ts'
import type { authenticationResponse, registrationResponse } from './fields.ts'
import type { RelyingParty } from './relying-party.ts'

/** What every authenticator has one of. Named, because the library asks Node for more with a warning about experiments. */
export const passkeyAlgorithms = [cose.COSEALG.EdDSA, cose.COSEALG.ES256, cose.COSEALG.RS256]

/** For whom a browser should have answered, and which challenge (base64url). */
export interface Expected {
  readonly party: RelyingParty
  readonly challenge: string
}

/** A passkey as its authenticator describes it. Refuses `passkey_not_genuine`. */
export async function verifyMade(
  response: z.output<typeof registrationResponse>,
  { party, challenge }: Expected,
): Promise<{ credentialId: Buffer; publicKey: Buffer; signCount: bigint }> {
  const { registrationInfo } = await verifyRegistrationResponse({
    response: response as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: passkeyAlgorithms,
  }).catch(refuse)
  if (registrationInfo === undefined) throw new Refusal('passkey_not_genuine')
  const { id, publicKey, counter } = registrationInfo.credential
  return {
    credentialId: Buffer.from(id, 'base64url'),
    publicKey: Buffer.from(publicKey),
    signCount: BigInt(counter),
  }
}

/** The authenticator's new count, when it signed with that passkey. Refuses `passkey_not_genuine`, as for a count that went back. */
export async function verifyShown(
  response: z.output<typeof authenticationResponse>,
  { party, challenge }: Expected,
  passkey: { readonly credential_id: Buffer; readonly public_key: Buffer; readonly sign_count: bigint },
): Promise<bigint> {
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: response as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    credential: {
      id: passkey.credential_id.toString('base64url'),
      publicKey: new Uint8Array(passkey.public_key),
      counter: Number(passkey.sign_count),
    },
  }).catch(refuse)
  if (!verified) throw new Refusal('passkey_not_genuine')
  return BigInt(authenticationInfo.newCounter)
}

/** The library throws for all that is wrong with an answer, and answers come from outside. */
function refuse(): never {
  throw new Refusal('passkey_not_genuine')
}
