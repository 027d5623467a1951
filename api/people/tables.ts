import type { Generated } from 'kysely'
import type { NetworkId, Uuid } from '../../ledger/index.ts'

/** A secret that was sent to a person by e-mail, good once. */
interface PersonTokenTable {
  token_hash: Buffer
  purpose: 'invitation' | 'password reset'
  person_uuid: Uuid
  network_id: NetworkId | null
  created_at: Generated<Date>
  expires_at: Date
}

/** The tables of migration 0011. */
export interface PeopleTables {
  'api.person_token': PersonTokenTable
}
