import type { Logger } from 'pino'
import {
  collectAnchorEvidence,
  createAnchoring,
  openChain,
  seenOnChain,
  type AnchorEvidence,
  type AnchoringSettings,
  type Ledger,
  type NetworkId,
  type SeenElsewhere,
} from '../../ledger/index.ts'
import { repeat } from '../repeat.ts'

/** What is new on chain, and what is due, is looked at so often; more often where anchors follow each other quickly. */
const lookPauseMsMax = 15_000
const looksPerAnchor = 20

/** Where anchors go. */
export interface AnchorSettings extends AnchoringSettings {
  readonly rpcUrl: string
}

/** What the server has to do with a chain; with none configured, nothing. */
export interface Anchors {
  /** For the check of the logs: what the chain has. */
  readonly seenElsewhere: readonly SeenElsewhere[]
  /** For exports: what proves the anchors; null where there is nothing to prove, or the chain can't be asked now. */
  collectEvidence(network: NetworkId): Promise<AnchorEvidence | null>
  /** Looks and anchors until told to stop, which waits for what is under way. */
  keep(): () => Promise<void>
  close(): void
}

export function openAnchors({
  ledger,
  settings,
  log,
}: {
  ledger: Ledger
  settings: AnchorSettings | undefined
  log: Logger
}): Anchors {
  if (!settings) {
    return { seenElsewhere: [], collectEvidence: async () => null, keep: () => async () => {}, close() {} }
  }
  const chain = openChain(settings.rpcUrl)
  const { confirmations } = settings
  return {
    seenElsewhere: [seenOnChain({ ledger, chain })],
    collectEvidence: (network) =>
      collectAnchorEvidence({ db: ledger.db, chain }, network, confirmations).catch((error: unknown) => {
        log.error({ err: error, network }, 'reading proofs of anchors failed: an export is without them')
        return null
      }),
    keep() {
      const anchoring = createAnchoring({ ledger, chain }, settings)
      const said = new Map<NetworkId, string>()
      return repeat(
        async () => {
          const faults = await anchoring.anchorAll()
          // A chain that is down for a day is told of once, and when it is back.
          for (const network of said.keys()) {
            if (faults.some((fault) => fault.network === network)) continue
            said.delete(network)
            log.info({ network }, 'anchoring goes on')
          }
          for (const { network, error } of faults) {
            const message = error instanceof Error ? error.message : String(error)
            if (said.get(network) !== message) log.error({ err: error, network }, 'anchoring failed')
            said.set(network, message)
          }
        },
        {
          pauseMs: Math.min(lookPauseMsMax, (settings.everyMinutes * 60_000) / looksPerAnchor),
          onError: (error) => log.error({ err: error }, 'looking for anchors failed'),
        },
      )
    },
    close: () => chain.close(),
  }
}
