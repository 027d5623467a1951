import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registerCredential, type NetworkId } from '../../ledger/index.ts'
import { toBase64 } from '../../ledger/proofs/bytes.ts'
import { parseCheckpoint } from '../../ledger/proofs/checkpoint.ts'
import { parsePolicy } from '../../ledger/proofs/policy.ts'
import { formatVerifierKey } from '../../ledger/proofs/note.ts'
import { proveConsistency, readRoot } from '../../ledger/proofs/prove.ts'
import { readNodesFromTiles, tilePath, widthAt, type Tile } from '../../ledger/proofs/tiles.ts'
import { parseTlogProof } from '../../ledger/proofs/tlog-proof.ts'
import { projectFolder } from '../support/server.ts'
import { until } from '../support/receiver.ts'
import {
  openWitnessedStreet,
  startKeptApi,
  type KeptApi,
  type WitnessedStreet,
} from '../witness/witnessed-street.ts'

// What the server serves, read by an implementation of others: golang.org/x/mod/sumdb, by tests/log/go/main.go.

/** Where Debian's golang-golang-x-mod-dev puts it; without modules, and so without a network. */
const goEnvironment = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' }
const goPackages = ['golang.org/x/mod/sumdb/note', 'golang.org/x/mod/sumdb/tlog']
const hasGo = runGo(['list', ...goPackages], tmpdir()).status === 0
if (!hasGo) {
  console.warn(
    'SKIPPED: the log read by Go, because Go or golang.org/x/mod (golang-golang-x-mod-dev) is missing here',
  )
}

let kept: KeptApi
let town: WitnessedStreet
let folder: string
let program: string

beforeAll(async () => {
  if (!hasGo) return
  kept = await startKeptApi()
  town = await openWitnessedStreet(kept)
  folder = await mkdtemp(join(tmpdir(), 'tallystick-test-go-'))
  program = join(folder, 'check')
  const built = runGo(['build', '-o', program, join(projectFolder, 'tests/log/go/main.go')], folder)
  if (built.status !== 0) throw new Error(built.stderr)
})
afterAll(async () => {
  if (!hasGo) return
  await town.leave()
  await kept.close()
  await rm(folder, { recursive: true })
})

function runGo(args: readonly string[], cache: string) {
  const env = { PATH: process.env.PATH, HOME: cache, GOCACHE: join(cache, 'go-cache'), ...goEnvironment }
  return spawnSync('go', args, { env, encoding: 'utf8' })
}

/** Says what Go says to the log in this folder. */
function check(log: string): { status: number | null; said: string } {
  const { status, stdout } = spawnSync(program, [log], { encoding: 'utf8' })
  return { status, said: stdout.trim() }
}

/** Brings the log to more than a full tile of a level above, and a receipt and a co-signed checkpoint over all of it. */
async function fillLog() {
  const { slug } = town.street.network
  const { network_id } = await kept.api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow()
  const customer = await town.street.join()
  const sale = await town.street.bakery.buy({ wallet: customer.wallet, amount_minor: 1200 })
  await kept.api.db.transaction().execute(async (tx) => {
    for (let i = 0; i < 300; i++) {
      const till = { uuid: uuidv7(), kind: 'till', merchant: null, by: null } as const
      await registerCredential(tx, network_id as NetworkId, till)
    }
  })
  await town.propose(1)
  await until(async () => (await town.readState()).unsigned_entries === 0)
  const witness = town.members[0].start(town.url, ['--once'])
  expect({ ended: await witness.ended, said: witness.said() }).toMatchObject({ ended: 0 })
  const receipt = await customer.get(`/v1/transactions/${sale.body.transaction}/receipt`)
  expect(receipt.status).toBe(200)
  return { note: receipt.body.checkpoint as string, proof: parseTlogProof(receipt.body.proof) }
}

/** All tiles of a tree, as tlog-tiles names them. */
function tilesOf(size: number): Tile[] {
  const tiles: Tile[] = []
  for (let level = 0; widthAt(size, { level, index: 0 }) > 0; level++) {
    for (let index = 0; widthAt(size, { level, index }) > 0; index++) {
      tiles.push({ level, index, width: widthAt(size, { level, index }) })
    }
  }
  return tiles
}

async function keep(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}

const readTile = async (tile: Tile) =>
  Buffer.from(await (await fetch(`${town.url}/${tilePath(tile)}`)).arrayBuffer())

test.skipIf(!hasGo)(
  'Go accepts the checkpoint, the co-signature, the tiles and the proofs, and none that is a bit off',
  async () => {
    const { note, proof } = await fillLog()
    const { size } = parseCheckpoint(note)
    expect(size).toBeGreaterThan(256)
    const read = readNodesFromTiles((tiles) => Promise.all(tiles.map(readTile)), size)
    const sizes = [1, 7, 128, 256, 257, size]
    const consistencies = await Promise.all(
      sizes.map(async (older) => ({
        size: older,
        root: toBase64(await readRoot(read, older)),
        proof: (await proveConsistency(read, older, size)).map(toBase64),
      })),
    )
    const path = proof.path.map(toBase64)
    const inclusion = { index: proof.index, entry: toBase64(proof.extra!), proof: path }

    const log = join(folder, 'log')
    const [logKey] = parsePolicy(await (await fetch(`${town.url}/policy`)).text()).logs
    await keep(join(log, 'log.vkey'), formatVerifierKey(logKey!.key))
    await keep(join(log, 'witness.vkey'), town.members[0].vkey)
    await keep(join(log, 'checkpoint'), note)
    await keep(join(log, 'proofs.json'), JSON.stringify({ inclusions: [inclusion], consistencies }))
    for (const tile of tilesOf(size)) await keep(join(log, tilePath(tile)), await readTile(tile))
    expect(check(log)).toEqual({
      status: 0,
      said: `accepted: ${size} entries, 1 inclusions, ${sizes.length} consistencies`,
    })

    const bend = async (file: string, change: (content: Buffer) => void) => {
      const bent = join(folder, 'bent')
      await cp(log, bent, { recursive: true })
      const content = await readFile(join(bent, file))
      change(content)
      await writeFile(join(bent, file), content)
      const answer = check(bent)
      await rm(bent, { recursive: true })
      return answer
    }
    const flip = (at: number) => (content: Buffer) => void (content[at]! ^= 1)
    const swap = (text: string) => (content: Buffer) => {
      const at = content.indexOf(text) + 3
      content[at] = content[at] === 65 ? 66 : 65
    }
    expect(await bend('tile/0/000', flip(1000))).toMatchObject({
      status: 1,
      said: expect.stringContaining('tiles'),
    })
    expect(await bend('proofs.json', swap(path[1]!))).toMatchObject({
      said: expect.stringContaining('inclusion'),
    })
    const [hash] = consistencies[1]!.proof
    expect(await bend('proofs.json', swap(hash!))).toMatchObject({
      said: expect.stringContaining('consistency with 7'),
    })
    for (const line of note.trimEnd().split('\n').slice(-2)) {
      const signature = line.split(' ').at(-1)!.slice(20)
      expect(await bend('checkpoint', swap(signature))).toMatchObject({
        said: expect.stringContaining('checkpoint'),
      })
    }
  },
)
