import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createLogMemory,
  createLogWriter,
  openLog,
  type Ledger,
  type LogParts,
  type LogRefused,
  type NetworkId,
  type SeenElsewhere,
} from '../../ledger/index.ts'

/** What keeps the logs of a test's networks: a writer with a memory in a folder of its own. */
export interface KeptLog {
  readonly parts: LogParts
  readonly folder: string
  readonly writer: ReturnType<typeof createLogWriter>
  /** What the writer refused, the oldest first. */
  readonly refused: LogRefused[]
  /** Another process's, beside this one; with its memory, or with one of its own. */
  beside(folder?: string): Promise<KeptLog>
  remove(): Promise<void>
}

export const originOf = (network: NetworkId) => `tally.example.org/log/${network}`

export async function keepLog(
  ledger: Ledger,
  { folder, seenElsewhere = [] }: { folder?: string; seenElsewhere?: readonly SeenElsewhere[] } = {},
): Promise<KeptLog> {
  const own = folder ?? (await mkdtemp(join(tmpdir(), 'tallystick-test-log-')))
  const parts = { ledger, memory: createLogMemory(own), seenElsewhere }
  const refused: LogRefused[] = []
  const writer = createLogWriter(parts, {
    onRefused: (_network, each) => void refused.push(each),
    onError: (_network, error) => {
      throw error
    },
  })
  return {
    parts,
    folder: own,
    writer,
    refused,
    beside: (other) => keepLog(ledger, { ...(other && { folder: other }), seenElsewhere }),
    remove: () => rm(own, { recursive: true, force: true }),
  }
}

/** A network's log, opened and signed up to its last entry. */
export async function signUp(kept: KeptLog, network: NetworkId): Promise<void> {
  await openLog(kept.parts.ledger, network, originOf(network))
  while (await kept.writer.sign(network));
}
