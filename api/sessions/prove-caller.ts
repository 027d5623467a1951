import type { Request } from 'express'
import type { Uuid } from '../../ledger/index.ts'
import { auditSource } from '../audit/record.ts'
import { addressKey } from '../http/limits.ts'
import { readEmail, type KnownPerson } from '../people/store.ts'
import { provePerson, type Proving } from './sign-in.ts'

/** Whoever is signed in, and what they entered. */
interface Entered {
  readonly person: Uuid
  readonly session: Uuid
  readonly password: string
  readonly code?: string | undefined
}

/** Asks whoever is signed in once more, by their session; answers who it is. Refuses as `provePerson` does. */
export async function proveCaller(
  parts: Proving,
  req: Request,
  { person, session, password, code }: Entered,
): Promise<KnownPerson> {
  const email = await readEmail(parts.db, person)
  const audit = auditSource(req)
  return await provePerson(parts, { email, password, code, session, addressKey: addressKey(req), audit })
}
