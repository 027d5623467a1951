import { clientOf, sessionOf, type AccountParts } from './account.ts'
import type { Membership } from './database.ts'
import { makeDeviceKey, publicJwk } from './device-key.ts'
import { answered, type Directory } from './snapshot.ts'

/** What anyone may know of a network. Throws `Refused` with `not_found` when there is none. */
export function readDirectory({ clock }: AccountParts, slug: string): Promise<Directory> {
  return answered(clientOf(clock).GET('/v1/networks/{slug}/shops', { params: { path: { slug } } }))
}

/** Has a code sent; answers the sign-in that it belongs to. */
export async function askForCode(
  { clock }: AccountParts,
  asked: { readonly network: string; readonly email: string },
): Promise<string> {
  const { id } = await answered(clientOf(clock).POST('/v1/wallet-sessions', { body: asked }))
  return id
}

/** What joining takes, once the code has come. */
export interface Joining {
  readonly directory: Directory
  readonly signIn: string
  readonly code: string
  /** Empty: leave it as it is. */
  readonly name: string
  readonly isOfAge: boolean
}

/**
 * Signs in, makes this device's key and binds it, and remembers all of it. The key is made before the code is spent:
 * where it can't be made, nobody is signed in half.
 */
export async function join({ db, clock }: AccountParts, joining: Joining) {
  const { directory, signIn, code, name, isOfAge } = joining
  const key = await makeDeviceKey()
  const signedIn = await answered(
    clientOf(clock).POST('/v1/wallet-sessions/{id}/code', {
      params: { path: { id: signIn } },
      body: { code, ...(isOfAge && { of_age: true }) },
    }),
  )
  const session = sessionOf(directory.slug)
  session.begin(signedIn)
  const client = clientOf(clock, session)
  const device = await answered(
    client.POST('/v1/wallet-devices', { body: { public_key: await publicJwk(key) } }),
  )
  if (name !== '') {
    const params = { path: { id: signedIn.customer } }
    // The code is spent: a name that does not arrive can be told later, and must not end the joining.
    await client.PATCH('/v1/customers/{id}', { params, body: { name } }).catch(() => {})
  }
  const membership: Membership = {
    network: directory.slug,
    name: directory.name,
    customer: signedIn.customer,
    wallet: signedIn.wallet,
    device: device.id,
    key,
  }
  await db.put('membership', membership)
  // Where the browser may clear storage by itself, it is asked not to: the key can't be had again. Some ask the person
  // first, and nobody waits for that.
  void navigator.storage?.persist?.()
  return { membership, session }
}
