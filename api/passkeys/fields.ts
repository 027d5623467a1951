import { z } from 'zod'

const base64url = z.string().regex(/^[\w-]{1,20000}$/, 'must be base64url')

// What browsers answer is theirs to add to, so that what is not known here is left aside.
const credential = z.looseObject({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}).default({}),
})

/** `RegistrationResponseJSON`, WebAuthn Level 3 section 5.1.8: `credential.toJSON()` after `create()`. */
export const registrationResponse = credential.extend({
  response: z.looseObject({ clientDataJSON: base64url, attestationObject: base64url }),
})

/** `AuthenticationResponseJSON`, WebAuthn Level 3 section 5.1.8: `credential.toJSON()` after `get()`. */
export const authenticationResponse = credential.extend({
  response: z.looseObject({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish(),
  }),
})

/** What a browser is given: its form is that of WebAuthn Level 3 section 5.1.9, not ours. */
export const shownOptions = z.looseObject({ challenge: z.string() }).meta({ id: 'PasskeyOptions' })
