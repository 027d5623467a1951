import type { NetworkId } from '../commands.ts'
import type { Ledger } from '../ledger.ts'
import type { LogMemory } from './memory.ts'
import type { SeenTree } from './refusal.ts'

/**
 * Asks others how far they have seen a network's log: its witnesses, the chain. To be bounded in time; who can't be
 * reached has seen nothing.
 */
export type SeenElsewhere = (network: NetworkId) => Promise<readonly SeenTree[]>

/** What keeps the logs. */
export interface LogParts {
  readonly ledger: Ledger
  readonly memory: LogMemory
  readonly seenElsewhere: readonly SeenElsewhere[]
}
