import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { checkpointPath } from '../../ledger/log/checkpoint-path.ts'
import { ForkSeen, openMemory } from '../../ledger/witness/memory.ts'
import { until } from '../support/receiver.ts'
import { entries, request, startLoopbackLog, tell, type LoopbackLog } from './loopback-log.ts'
import { becomeWitness, type Member } from './witness-process.ts'

// Witnesses before callers and logs that mean them ill.

let log: LoopbackLog
let member: Member

beforeAll(async () => {
  log = await startLoopbackLog()
})
afterAll(() => log.close())
beforeEach(async () => {
  log.chain = null
  log.handedIn.length = 0
  member = await becomeWitness('bakery.example/witness')
})
afterEach(() => member.leave())

const state = (...parts: string[]) => join(member.folder, 'state', ...parts)
const readEvidence = () => readdir(state('evidence')).catch(() => [])

async function startListening() {
  log.show(tell(entries(10)))
  const witness = member.start(log.url, ['--listen', '127.0.0.1:0'])
  await until(() => log.handedIn.length === 1)
  const [, url = ''] = /Listening on (\S+)\/add-checkpoint/.exec(witness.said()) ?? []
  return { witness, url }
}

/** Posts, and breaks off before there is an answer. */
async function postAndHangUp(url: string, body: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const closed = new Promise((done) => socket.once('close', done))
  socket.on('error', () => {})
  const head = `POST /add-checkpoint HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`
  socket.write(head + body, () => setTimeout(() => socket.resetAndDestroy(), 1))
  await closed
}

test('a fork ends the witness also when whoever brought it hangs up before the answer', async () => {
  const { witness, url } = await startListening()
  const fork = await request(log, tell(entries(10, 4)), 10)
  await until(async () => {
    await postAndHangUp(url, fork)
    return (await readEvidence()).length === 2
  })
  log.show(tell(entries(20)))
  expect(await witness.ended).toBe(3)
  expect(log.handedIn.map(({ size }) => size)).toEqual([10])
})

test('whoever asks for the last checkpoint has nothing written', async () => {
  const { url } = await startListening()
  const before = await stat(state('last.checkpoint'))
  for (let i = 0; i < 3; i++) {
    const answer = await fetch(`${url}${checkpointPath('points.example/log/town')}`)
    expect({ status: answer.status, lines: (await answer.text()).split('\n— ').length }).toEqual({
      status: 200,
      lines: 3,
    })
  }
  const after = await stat(state('last.checkpoint'))
  expect({ ino: after.ino, at: after.mtimeMs }).toEqual({ ino: before.ino, at: before.mtimeMs })
})

test.each([
  { chain: { chain_id: 'x', contract: `0x${'11'.repeat(20)}` } },
  { chain: { chain_id: 1, contract: 'nonsense' } },
  { chain: 7 },
])('a log that says nonsense of its chain is still co-signed, and told so: $chain', async ({ chain }) => {
  log.chain = chain
  log.show(tell(entries(4)))
  const witness = member.start(log.url)
  await until(() => witness.said().includes('tells a contract or a proposal that can be none'))
  expect(log.handedIn.map(({ size }) => size)).toContain(4)
  expect(witness.child.exitCode).toBeNull()
})

test('the evidence of the first fork stays, and nothing is signed after it', async () => {
  const memory = await openMemory(state())
  try {
    await memory.remember('first')
    await memory.keepEvidence({ 'other.checkpoint': 'evidence' })
    await expect(memory.keepEvidence({ 'other.checkpoint': 'another' })).rejects.toThrow(ForkSeen)
    await expect(memory.remember('second')).rejects.toThrow(ForkSeen)
    await expect(memory.demandNoFork()).rejects.toThrow(ForkSeen)
    expect(await readFile(state('evidence/other.checkpoint'), 'utf8')).toBe('evidence')
    expect(await readFile(state('last.checkpoint'), 'utf8')).toBe('first')
  } finally {
    await memory.close()
  }
})

test('two witnesses of one folder that do not know of each other, as in two containers: only one signs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tallystick-test-state-'))
  try {
    const one = await openMemory(folder)
    await one.remember('first')
    // To a process of another container this is the lock of none that lives.
    await rm(join(folder, 'running.json'))
    const other = await openMemory(folder)
    const both = await Promise.allSettled([one.remember('second'), other.remember('other second')])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const kept = await readFile(join(folder, 'last.checkpoint'), 'utf8')
    const loser = both[0].status === 'rejected' ? one : other
    await expect(loser.remember('third')).rejects.toThrow('Another process has signed')
    expect(await readFile(join(folder, 'last.checkpoint'), 'utf8')).toBe(kept)
    await one.close()
    await other.close()
    // Cut off in the middle: the next one goes on.
    await writeFile(join(folder, 'last.checkpoint.replacing'), '')
    const next = await openMemory(folder)
    await next.remember('third')
    await next.close()
  } finally {
    await rm(folder, { recursive: true })
  }
})
