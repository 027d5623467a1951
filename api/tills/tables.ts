import type { Generated } from 'kysely'
import type { NetworkId, Uuid } from '../../ledger/index.ts'

/** A code that gives a tablet the till's key. */
interface TillPairingTable {
  network_id: NetworkId
  till_uuid: Uuid
  code_hash: Buffer
  expires_at: Date
}

/** A person's PIN at the tills of their merchant. */
interface StaffPinTable {
  network_id: NetworkId
  person_uuid: Uuid
  pin_hash: string
  failures: Generated<number>
  locked_until: Date | null
  /** Stands in the tokens of who is switched on; another one ends them all. */
  sign_ins_uuid: Generated<Uuid>
}

/** The tables of migration 0012. */
export interface TillAccessTables {
  'api.till_pairing': TillPairingTable
  'api.staff_pin': StaffPinTable
}
