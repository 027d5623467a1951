import { z } from 'zod'
import type { CommandKind, LogEntry, NetworkId, Uuid } from '../../ledger/index.ts'
import { integer, shownInteger, shownTime } from '../http/fields.ts'
import type { Db } from '../tables.ts'
import { presentTransaction, transactionKinds, transactionShape } from '../transactions/present.ts'
import { pickTills } from '../transactions/store.ts'
import { isVisible, type Viewer } from '../transactions/visible.ts'

type GovernanceEvent = Exclude<LogEntry['kind'], CommandKind>

/** A new kind of governance event does not compile until it is named here. */
const governanceEvents: Readonly<Record<GovernanceEvent, `governance.${GovernanceEvent}`>> = {
  network_opened: 'governance.network_opened',
  merchant_admitted: 'governance.merchant_admitted',
  merchant_let_go: 'governance.merchant_let_go',
  issuing_limit_changed: 'governance.issuing_limit_changed',
  credential_registered: 'governance.credential_registered',
  credential_revoked: 'governance.credential_revoked',
  earning_rule_set: 'governance.earning_rule_set',
  merchant_multiplier_set: 'governance.merchant_multiplier_set',
  enrolment_bonus_set: 'governance.enrolment_bonus_set',
  wallet_closed: 'governance.wallet_closed',
  audit_digest: 'governance.audit_digest',
  log_opened: 'governance.log_opened',
  log_recovered: 'governance.log_recovered',
  anchor_contract_named: 'governance.anchor_contract_named',
  anchor_witnesses_changed: 'governance.anchor_witnesses_changed',
  witness_policy_proposed: 'governance.witness_policy_proposed',
  witness_policy_started: 'governance.witness_policy_started',
}

/** What an event may be of: `transaction.issue` and its like, `governance.merchant_admitted` and its like. */
export const eventTypes = [
  ...transactionKinds.map((kind) => `transaction.${kind}` as const),
  ...Object.values(governanceEvents),
] as const

export type EventType = (typeof eventTypes)[number]

/** An entry of the log as an event. */
export const eventShape = z
  .strictObject({
    index: integer().meta({ description: 'Its place in the log: go on reading after it.' }),
    type: z.enum(eventTypes),
    at: shownTime(),
    transaction: transactionShape.nullable(),
    facts: z
      .record(z.string(), z.string())
      .nullable()
      .meta({ description: 'Of a governance event, for operators and auditors.' }),
  })
  .meta({ id: 'Event' })

export type Event = z.input<typeof eventShape>

/** Which events `viewer` may see of these entries, in the same order. */
export async function presentEntries(
  db: Db,
  network: NetworkId,
  { viewer, entries }: { readonly viewer: Viewer; readonly entries: readonly LogEntry[] },
): Promise<Event[]> {
  const seen = entries.filter((entry) => isEntryVisible(viewer, entry))
  const credentials = seen.map(({ transaction }) => transaction?.credential ?? null)
  const tills = await pickTills(db, network, credentials)
  return seen.map((entry) => presentEntry(viewer, tills, entry))
}

/** Governance is for those who answer for the network as a whole, or audit it. */
function isEntryVisible(viewer: Viewer, { transaction }: LogEntry): boolean {
  if (transaction !== null) return isVisible(viewer, transaction)
  return viewer.kind === 'staff' && viewer.merchant === null
}

function presentEntry(viewer: Viewer, tills: ReadonlySet<Uuid>, entry: LogEntry): Event {
  const { transaction } = entry
  return {
    index: shownInteger(entry.index),
    type:
      transaction === null
        ? governanceEvents[entry.kind as GovernanceEvent]
        : `transaction.${transaction.kind}`,
    at: entry.at.toISOString(),
    transaction: transaction && presentTransaction(viewer, tills, transaction),
    facts: entry.facts,
  }
}
