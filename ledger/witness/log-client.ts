import { isAddress } from 'ethers'
import type { AnchorContract } from '../anchor/anchor-message.ts'
import type { ReadNodes } from '../proofs/prove.ts'
import { readNodesFromTiles, tilePath, tileWidth, type ReadTiles, type Tile } from '../proofs/tiles.ts'
import { hashBytes } from '../proofs/merkle.ts'
import { LogTrouble } from './witness.ts'

const answerTimeoutMs = 10_000
/** Tiles have 8 KiB; notes and policies far less than this. */
const answerBytesMax = 256 * 1024
const tilesAtOnceMax = 8

/** A log as it is reached over HTTP. All of it throws `LogTrouble` where the log can't be reached or refuses. */
export interface LogClient {
  /** The checkpoint that the log offers for co-signing, as a note; null while it has none. */
  readCandidate(): Promise<string | null>
  /** C2SP tlog-policy, as the log itself tells it. */
  readPolicy(): Promise<string>
  /** How the log stands, as it says itself. */
  readState(): Promise<ToldState>
  /** The tree of that size, out of its tiles. */
  readTree(size: number): ReadNodes
  /** Hands in a co-signature's line and, for the chain, a signature (`0x…`). */
  submit(signed: { size: number; line: string; chainSignature: string | null }): Promise<void>
}

/** What of a log's state concerns a witness. */
export interface ToldState {
  /** Where signatures for the chain count; null while the log has no contract. */
  readonly contract: AnchorContract | null
  /** Who is to co-sign from then on; null: nobody else. */
  readonly proposed: Proposal | null
}

/** A change of those who co-sign, which the quorum in force agrees to by co-signing the entry that proposes it. */
export interface Proposal {
  readonly quorum: number
  /** By name. */
  readonly witnesses: readonly string[]
  readonly entry: number
}

/** `url`: of the log, as in `https://example.org/log/riverside`. */
export function createLogClient(url: string, signal: AbortSignal): LogClient {
  const prefix = url.replace(/\/+$/, '')
  const get = async (path: string): Promise<Answer> => ask(`${prefix}${path}`, { signal })
  return {
    async readCandidate() {
      const answer = await get('/candidate')
      return answer.status === 404 ? null : textOf(answer)
    },
    readPolicy: async () => textOf(await get('/policy')),
    readState: async () => parseState(textOf(await get(''))),
    readTree: (size) => readNodesFromTiles(tileReader(get), size),
    async submit({ size, line, chainSignature }) {
      const answer = await ask(`${prefix}/cosignatures`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          size,
          cosignature: line.trimEnd(),
          ...(chainSignature !== null && { chain_signature: chainSignature }),
        }),
        signal,
      })
      textOf(answer)
    },
  }
}

type Answer = { url: string; status: number; body: Buffer }

async function ask(
  url: string,
  { signal, ...request }: RequestInit & { signal: AbortSignal },
): Promise<Answer> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)])
    const answer = await fetch(url, { ...request, signal: limited, redirect: 'error' })
    return { url, status: answer.status, body: await readLimited(answer) }
  } catch (error) {
    if (error instanceof LogTrouble) throw error
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new LogTrouble(
      `${url} can't be reached: ${cause instanceof Error ? cause.message : String(cause)}.`,
    )
  }
}

async function readLimited(answer: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > answerBytesMax)
      throw new LogTrouble(`${answer.url} answers more than ${answerBytesMax} bytes.`)
  }
  return Buffer.concat(chunks)
}

function textOf({ url, status, body }: Answer): string {
  const text = body.toString('utf8')
  if (status >= 200 && status < 300) return text
  throw new LogTrouble(`${url} answers ${status}${detailOf(text)}.`)
}

/** What a problem (RFC 9457) says, in words. */
function detailOf(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown }
    return typeof detail === 'string' ? `: ${detail.replace(/\.$/, '')}` : ''
  } catch {
    return ''
  }
}

type ShownState = {
  chain: { chain_id: number; contract: string } | null
  proposed: { quorum: number; witnesses: string[]; proposed_index: number } | null
}

function parseState(text: string): ToldState {
  try {
    const { chain = null, proposed = null } = JSON.parse(text) as ShownState
    const isGood =
      chain === null ||
      (Number.isSafeInteger(chain.chain_id) && chain.chain_id > 0 && isAddress(chain.contract))
    if (isGood) {
      return {
        contract: chain && { chainId: BigInt(chain.chain_id), address: chain.contract },
        proposed: proposed && readProposal(proposed),
      }
    }
  } catch {
    // Said below, as for JSON of another shape.
  }
  throw new LogTrouble('The log does not tell its state, or tells a contract or a proposal that can be none.')
}

/** Throws for what can be none: it is shown on a terminal. */
function readProposal({
  quorum,
  witnesses,
  proposed_index: entry,
}: NonNullable<ShownState['proposed']>): Proposal {
  const isGood =
    [quorum, entry].every((count) => Number.isSafeInteger(count) && count >= 0) &&
    witnesses.every((name) => /^[a-z0-9.-]{1,63}$/.test(name))
  if (!isGood) throw new TypeError('no proposal')
  return { quorum, witnesses, entry }
}

function tileReader(get: (path: string) => Promise<Answer>): ReadTiles {
  return async (tiles) => {
    const contents: Buffer[] = []
    for (let at = 0; at < tiles.length; at += tilesAtOnceMax) {
      contents.push(
        ...(await Promise.all(tiles.slice(at, at + tilesAtOnceMax).map((tile) => readTile(get, tile)))),
      )
    }
    return contents
  }
}

/** A partial tile may be gone once there is the full one (C2SP tlog-tiles), which begins with the same hashes. */
async function readTile(get: (path: string) => Promise<Answer>, tile: Tile): Promise<Buffer> {
  const answer = await get(`/${tilePath(tile)}`)
  const isPartial = tile.width < tileWidth
  const found =
    answer.status === 404 && isPartial ? await get(`/${tilePath({ ...tile, width: tileWidth })}`) : answer
  if (found.status !== 200) throw new LogTrouble(`${found.url} answers ${found.status}.`)
  return found.body.subarray(0, tile.width * hashBytes)
}
