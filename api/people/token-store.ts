import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { NetworkId, Uuid } from '../../ledger/index.ts'
import type { Db, Tx } from '../tables.ts'

export const invitationDaysMax = 14
export const passwordResetMinutesMax = 60

/** What a token is for. */
export type TokenFor =
  | { readonly purpose: 'invitation'; readonly person: Uuid; readonly network: NetworkId }
  | { readonly purpose: 'password reset'; readonly person: Uuid }

/**
 * Makes a token, of which only the hash is kept. An older invitation is good no more; an older password reset is until one is
 * used, or whoever asks for somebody else's would end theirs.
 */
export async function createPersonToken(tx: Tx, made: TokenFor, now: Date): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const network = made.purpose === 'invitation' ? made.network : null
  const lifetimeMinutes =
    made.purpose === 'invitation' ? invitationDaysMax * 24 * 60 : passwordResetMinutesMax
  if (network !== null) await endPersonTokens(tx, { person: made.person, network })
  await tx.deleteFrom('api.person_token').where('expires_at', '<', now).execute()
  await tx
    .insertInto('api.person_token')
    .values({
      token_hash: hashToken(token),
      purpose: made.purpose,
      person_uuid: made.person,
      network_id: network,
      expires_at: new Date(now.getTime() + lifetimeMinutes * 60_000),
    })
    .execute()
  return token
}

/** Uses up a token; undefined when it is unknown, used, for something else, or too old at `now`. */
export async function usePersonToken(tx: Tx, purpose: TokenFor['purpose'], token: string, now: Date) {
  return await tx
    .deleteFrom('api.person_token')
    .where('token_hash', '=', hashToken(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .returning(['person_uuid as person', 'network_id as network'])
    .executeTakeFirst()
}

/** Whom an invitation is for. */
export interface Invited {
  readonly person: Uuid
  readonly email: string
  readonly passwordHash: string
  /** Whether the password is one that they chose. */
  readonly hasChosen: boolean
}

/** Whom an invitation that is good at `now` is for; it stays as it is, and nothing is locked. */
export async function findInvited(db: Db, token: string, now: Date): Promise<Invited | undefined> {
  const row = await db
    .selectFrom('api.person_token as token')
    .innerJoin('api.person as person', 'person.uuid', 'token.person_uuid')
    .where('token.token_hash', '=', hashToken(token))
    .where('token.purpose', '=', 'invitation')
    .where('token.expires_at', '>', now)
    .select(['person.uuid', 'person.email', 'person.password_hash', 'person.password_chosen_at'])
    .executeTakeFirst()
  return (
    row && {
      person: row.uuid,
      email: row.email,
      passwordHash: row.password_hash,
      hasChosen: row.password_chosen_at !== null,
    }
  )
}

/** Ends a person's invitations to a network, or (null) their password resets. */
export async function endPersonTokens(
  db: Db | Tx,
  { person, network }: { readonly person: Uuid; readonly network: NetworkId | null },
): Promise<void> {
  await db
    .deleteFrom('api.person_token')
    .where('person_uuid', '=', person)
    .where(sql<boolean>`network_id is not distinct from ${network}`)
    .execute()
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
