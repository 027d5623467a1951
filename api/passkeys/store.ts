import { randomBytes } from 'node:crypto'
import { decodeClientDataJSON } from '@simplewebauthn/server/helpers'
import { uuidv7 } from 'uuidv7'
import type { Uuid } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import type { Db, Role, Tx } from '../tables.ts'

/** Who may sign in by passkey, beside the deployment's operator: tills and tablets are shared, and have PINs. */
export const passkeyRoles: ReadonlySet<Role> = new Set(['operator', 'owner'])

export const challengeLifetimeSeconds = 5 * 60
const challengeBytes = 32

/** A fresh challenge for a person who adds a passkey, or (null) for somebody who signs in. */
export async function createChallenge(
  db: Db,
  person: Uuid | null,
  now: Date,
): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = randomBytes(challengeBytes)
  await db.deleteFrom('api.passkey_challenge').where('expires_at', '<', now).execute()
  const expiresAt = new Date(now.getTime() + challengeLifetimeSeconds * 1000)
  await db
    .insertInto('api.passkey_challenge')
    .values({ challenge, person_uuid: person, expires_at: expiresAt })
    .execute()
  return new Uint8Array(challenge)
}

/**
 * Uses up the challenge that a browser's answer was made for, whatever becomes of the answer, and answers it as
 * base64url. Refuses `passkey_not_genuine` for one that is unknown, used, too old at `now`, or another person's.
 */
export async function takeChallenge(
  db: Db,
  { clientDataJSON, person, now }: { clientDataJSON: string; person: Uuid | null; now: Date },
): Promise<string> {
  const challenge = readChallenge(clientDataJSON)
  const taken = await db
    .deleteFrom('api.passkey_challenge')
    .where('challenge', '=', Buffer.from(challenge, 'base64url'))
    .where('expires_at', '>', now)
    .returning('person_uuid')
    .executeTakeFirst()
  if (taken === undefined || taken.person_uuid !== person) throw new Refusal('passkey_not_genuine')
  return challenge
}

function readChallenge(clientDataJSON: string): string {
  try {
    return String(decodeClientDataJSON(clientDataJSON).challenge)
  } catch {
    throw new Refusal('passkey_not_genuine')
  }
}

/** What an authenticator knows a person by (WebAuthn's user handle), 16 bytes. */
export function handleOf(person: Uuid): Buffer<ArrayBuffer> {
  return Buffer.from(person.replaceAll('-', ''), 'hex')
}

/** A passkey that was just made. */
export interface NewPasskey {
  readonly person: Uuid
  readonly credentialId: Buffer
  readonly publicKey: Buffer
  readonly signCount: bigint
  readonly name: string
}

/** Refuses `passkey_taken` for a passkey that is somebody's already, as adding it does. */
export async function demandUntaken(db: Db, credentialId: Buffer): Promise<void> {
  const known = await db
    .selectFrom('api.passkey')
    .select('uuid')
    .where('credential_id', '=', credentialId)
    .executeTakeFirst()
  if (known !== undefined) throw new Refusal('passkey_taken')
}

/** Adds a passkey; answers its id. */
export async function insertPasskey(tx: Tx, passkey: NewPasskey): Promise<Uuid> {
  const uuid = uuidv7()
  await tx
    .insertInto('api.passkey')
    .values({
      uuid,
      person_uuid: passkey.person,
      credential_id: passkey.credentialId,
      public_key: passkey.publicKey,
      sign_count: passkey.signCount,
      name: passkey.name,
    })
    .execute()
  return uuid
}

/** A person's passkeys, the oldest first. */
export async function listPasskeys(db: Db | Tx, person: Uuid) {
  return await db
    .selectFrom('api.passkey')
    .select(['uuid', 'name', 'credential_id', 'created_at', 'last_used_at'])
    .where('person_uuid', '=', person)
    .orderBy('uuid')
    .execute()
}

/** A passkey as its owner sees it. */
export type PasskeyRow = Awaited<ReturnType<typeof listPasskeys>>[number]

/** Removes a passkey of a person; answers its name, undefined when they have no such. */
export async function deletePasskey(tx: Tx, person: Uuid, passkey: Uuid): Promise<string | undefined> {
  const removed = await tx
    .deleteFrom('api.passkey')
    .where('person_uuid', '=', person)
    .where('uuid', '=', passkey)
    .returning('name')
    .executeTakeFirst()
  return removed?.name
}

/** The passkey that an authenticator names, with whose it is. */
export async function findPasskey(db: Db, credentialId: Buffer) {
  return await db
    .selectFrom('api.passkey as passkey')
    .innerJoin('api.person as person', 'person.uuid', 'passkey.person_uuid')
    .select(['passkey.uuid', 'passkey.credential_id', 'passkey.public_key', 'passkey.sign_count'])
    .select(['person.uuid as person', 'person.is_deployment_operator'])
    .where('passkey.credential_id', '=', credentialId)
    .executeTakeFirst()
}

/** Keeps the authenticator's own count, and when the passkey was used. False when it was removed in the meantime. */
export async function notePasskeyUse(
  db: Db,
  passkey: Uuid,
  { signCount, now }: { readonly signCount: bigint; readonly now: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('api.passkey')
    .set({ sign_count: signCount, last_used_at: now })
    .where('uuid', '=', passkey)
    .where('sign_count', '<=', signCount)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}
