import { z } from 'zod'
import { formatNote, type NetworkId } from '../../ledger/index.ts'
import { integer, shownTime } from '../http/fields.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { inStrangersTurn } from '../http/strangers.ts'
import { slug } from '../networks/fields.ts'
import { findPublicNetwork } from '../shops/store.ts'
import type { Db } from '../tables.ts'
import { readLogState, type LogState } from './state.ts'

const shownCheckpoint = z
  .strictObject({
    size: integer().meta({ description: 'How many entries it covers.' }),
    root: z.string().meta({ description: 'RFC 6962 tree hash of these entries, base64.' }),
    signed_at: shownTime(),
    quorum_at: shownTime()
      .nullable()
      .meta({ description: 'When enough witnesses had co-signed it; null: they have not.' }),
    note: z
      .string()
      .meta({ description: 'As signed, with the co-signatures so far (C2SP tlog-checkpoint).' }),
  })
  .meta({ id: 'LogCheckpoint' })

const shownState = z
  .strictObject({
    network: z.strictObject({ slug: z.string(), name: z.string(), locale: z.string() }),
    origin: z.string(),
    vkey: z.string().meta({ description: 'The log’s own key (C2SP signed-note).' }),
    checkpoint: shownCheckpoint.nullable().meta({ description: 'The newest; null while nothing is signed.' }),
    witnessed: shownCheckpoint
      .nullable()
      .meta({ description: 'The newest that a quorum of witnesses has co-signed: what receipts lead to.' }),
    quorum: integer().meta({ description: 'How many witnesses must co-sign; 0: none need to.' }),
    witnesses: z.array(
      z.strictObject({
        name: z.string(),
        vkey: z.string(),
        last_size: integer().nullable().meta({ description: 'Of the last checkpoint it has co-signed.' }),
        last_at: shownTime().nullable(),
      }),
    ),
    proposed: z
      .strictObject({ quorum: integer(), witnesses: z.array(z.string()), proposed_index: integer() })
      .nullable()
      .meta({ description: 'Who is to co-sign once the quorum of now has co-signed the proposal.' }),
    chain: z
      .strictObject({ chain_id: integer(), contract: z.string() })
      .nullable()
      .meta({ description: 'The contract that keeps checkpoints; null: none.' }),
    anchors: z
      .array(
        z.strictObject({
          size: integer(),
          root: z.string(),
          block_number: integer(),
          transaction: z.string(),
        }),
      )
      .meta({ description: 'The newest ten, the newest first.' }),
    unsigned_entries: integer().meta({ description: 'Entries that no checkpoint covers yet.' }),
    lag_seconds: z.number().meta({ description: 'Age of the oldest of them; 0: there are none.' }),
    stopped: z
      .strictObject({ code: z.string(), since: shownTime() })
      .nullable()
      .meta({ description: 'Why the log is not signed at present; null: it is.' }),
    rows_checked: z
      .strictObject({
        at: shownTime(),
        entries: integer(),
        changed: integer().meta({ description: 'How much was found changed; above 0: an alarm.' }),
      })
      .nullable()
      .meta({
        description: 'When the ledger’s tables were last compared with the log, once a day; null: not yet.',
      }),
  })
  .meta({ id: 'LogState' })

const getState = declareRoute({
  method: 'get',
  path: '/log/{network}',
  operation: 'readLogState',
  tag: 'Log',
  summary: 'Read how the log stands: its last checkpoint, its witnesses, its anchors on chain',
  who: ['anyone'],
  params: z.strictObject({ network: slug }),
  answers: { 200: { description: 'The state of the log.', schema: shownState } },
})

/** The log's state, for everyone. */
export function logStateRoutes(routes: Routes, { db }: { db: Db }): void {
  const readOnce = sharing((network) => readLogState(db, network))
  routes.on(getState, async (req, res) => {
    const { params } = getState.parse(req)
    const { slug, name, locale, state } = await inStrangersTurn(async () => {
      const network = await findPublicNetwork(db, params.network)
      const read = network && (await readOnce(network.network_id as NetworkId))
      if (!read) throw new Refusal('not_found')
      return { ...network, state: read }
    })
    res.set({
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Cache-Control': 'public, max-age=1',
    })
    getState.answer(res, 200, { network: { slug, name, locale }, ...present(state) })
  })
}

/** However many ask at a time, a network's state is read once for all of them: it takes a dozen queries. */
function sharing<T>(read: (network: NetworkId) => Promise<T>): (network: NetworkId) => Promise<T> {
  const reading = new Map<NetworkId, Promise<T>>()
  return (network) => {
    const begun = reading.get(network)
    if (begun) return begun
    const mine = read(network).finally(() => reading.delete(network))
    reading.set(network, mine)
    return mine
  }
}

function present(state: LogState): Omit<z.input<typeof shownState>, 'network'> {
  const { log, inForce, proposed, contract, refusal, rowsCheck } = state
  return {
    origin: log.origin,
    vkey: log.vkey,
    checkpoint: state.newest && presentCheckpoint(state.newest),
    witnessed: state.witnessed && presentCheckpoint(state.witnessed),
    quorum: inForce?.quorum ?? 0,
    witnesses: (inForce?.witnesses ?? []).map(({ name, vkey }) => {
      const last = state.lastSigned.get(vkey)
      return { name, vkey, last_size: last?.size ?? null, last_at: last?.at.toISOString() ?? null }
    }),
    proposed: proposed && {
      quorum: proposed.quorum,
      witnesses: proposed.witnesses.map(({ name }) => name),
      proposed_index: Number(proposed.proposedIndex),
    },
    chain: contract && { chain_id: Number(contract.chainId), contract: contract.address },
    anchors: state.anchors.map(({ size, root, blockNumber, transactionHash }) => ({
      size: Number(size),
      root: root.toString('base64'),
      block_number: Number(blockNumber),
      transaction: `0x${transactionHash.toString('hex')}`,
    })),
    unsigned_entries: state.unsigned.entries,
    lag_seconds: state.unsigned.seconds,
    stopped: refusal && { code: refusal.code, since: refusal.since.toISOString() },
    rows_checked: rowsCheck && {
      at: rowsCheck.checkedAt.toISOString(),
      entries: rowsCheck.entries,
      changed: rowsCheck.faults.length,
    },
  }
}

function presentCheckpoint(checkpoint: NonNullable<LogState['newest']>): z.input<typeof shownCheckpoint> {
  const { size, root, signedAt, quorumAt, note } = checkpoint
  return {
    size,
    root: Buffer.from(root).toString('base64'),
    signed_at: signedAt.toISOString(),
    quorum_at: quorumAt?.toISOString() ?? null,
    note: formatNote(note),
  }
}
