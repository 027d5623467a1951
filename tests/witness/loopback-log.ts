import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { signCheckpoint } from '../../ledger/proofs/checkpoint.ts'
import { growTree, hashLeaf } from '../../ledger/proofs/merkle.ts'
import {
  formatVerifierKey,
  keyTypes,
  makeSignerKey,
  parseSignatureLine,
  type NoteSignature,
} from '../../ledger/proofs/note.ts'
import { proveConsistency, type ReadNodes } from '../../ledger/proofs/prove.ts'
import { parseTilePath, tileWidth, type Tile } from '../../ledger/proofs/tiles.ts'

/** A tree of entries that anyone may write: what an honest log has, or one that lies. */
export interface Story {
  readonly size: number
  readonly root: Uint8Array
  readonly read: ReadNodes
}

/** The tree of these entries. */
export function tell(entries: readonly string[]): Story {
  const nodes = new Map<string, Uint8Array>()
  const tree = growTree()
  for (const entry of entries) {
    tree.append(hashLeaf(Buffer.from(entry)), (level, index, hash) => nodes.set(`${level}/${index}`, hash))
  }
  const read: ReadNodes = async (asked) => asked.map(({ level, index }) => nodes.get(`${level}/${index}`)!)
  return { size: tree.size(), root: tree.root(), read }
}

/** `count` entries; those from `changedFrom` on are others. */
export function entries(count: number, changedFrom = count): string[] {
  return Array.from({ length: count }, (_, i) => `${i < changedFrom ? 'honest' : 'changed'} ${i}`)
}

/** What a witness handed in. */
export interface HandedIn {
  readonly size: number
  readonly cosignature: NoteSignature
}

/** A log on loopback that can do what no honest one does: show one story in its checkpoints, another in its tiles. */
export interface LoopbackLog {
  readonly url: string
  readonly vkey: string
  readonly handedIn: HandedIn[]
  /** What it shows from now on. */
  show(story: Story, tiles?: Story): void
  /** Whether it answers at all. */
  up: boolean
  /** What it says about the chain; null: there is no contract. */
  chain: unknown
  /** Who it says is to co-sign from now on; null: nobody else. */
  proposed: unknown
  /** Whether it takes what is handed in, or breaks off. */
  takes: boolean
  /** A checkpoint of a story, signed by this log. */
  sign(story: Story): string
  close(): Promise<void>
}

/** Starts one with a fresh key. */
export async function startLoopbackLog(origin = 'points.example/log/town'): Promise<LoopbackLog> {
  const key = makeSignerKey(origin, keyTypes.ed25519, randomBytes(32))
  const handedIn: HandedIn[] = []
  let candidate = ''
  let tiles = tell([])
  const answers: Record<string, () => string | null> = {
    '/policy': () => `log ${formatVerifierKey(key)}\nquorum none\n`,
    '/candidate': () => candidate,
    '': () => JSON.stringify({ chain: log.chain, proposed: log.proposed }),
  }
  const server = createServer(async (req, res) => {
    const path = (req.url ?? '').replace(/^\/log/, '')
    if (!log.up || (req.method === 'POST' && !log.takes)) res.destroy()
    else if (req.method === 'POST') {
      const chunks: Buffer[] = []
      for await (const chunk of req) chunks.push(chunk as Buffer)
      const { size, cosignature } = JSON.parse(Buffer.concat(chunks).toString()) as {
        size: number
        cosignature: string
      }
      handedIn.push({ size, cosignature: parseSignatureLine(cosignature) })
      res.writeHead(204).end()
    } else if (path.startsWith('/tile/')) res.end(await readTile(tiles, parseTilePath(path.slice(1))))
    else res.end(answers[path]?.())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const sign = (story: Story) => signCheckpoint({ origin, size: story.size, root: story.root }, key)
  const log: LoopbackLog = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/log`,
    vkey: formatVerifierKey(key),
    handedIn,
    up: true,
    chain: null,
    proposed: null,
    takes: true,
    sign,
    show(story, shown = story) {
      candidate = sign(story)
      tiles = shown
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
  return log
}

async function readTile({ read }: Story, { level, index, width }: Tile): Promise<Buffer> {
  const nodes = Array.from({ length: width }, (_, i) => ({ level: level * 8, index: index * tileWidth + i }))
  return Buffer.concat(await read(nodes))
}

/** What goes to `add-checkpoint`: the story's checkpoint with its own proof from `oldSize`. */
export async function request(log: LoopbackLog, story: Story, oldSize: number): Promise<string> {
  const proof = await proveConsistency(story.read, oldSize, story.size)
  const lines = proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('')
  return `old ${oldSize}\n${lines}\n${log.sign(story)}`
}
