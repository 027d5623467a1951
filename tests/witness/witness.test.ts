import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { parseCheckpoint, type SignedCheckpoint } from '../../ledger/proofs/checkpoint.ts'
import { verifyCosignature } from '../../ledger/proofs/cosignature.ts'
import { parseVerifierKey, verifyNote } from '../../ledger/proofs/note.ts'
import { until } from '../support/receiver.ts'
import { entries, request, startLoopbackLog, tell, type LoopbackLog } from './loopback-log.ts'
import { becomeWitness, run, type Member } from './witness-process.ts'

// Real witness processes before a log on loopback that lies as it is told to.

const once = ['--once']
let log: LoopbackLog
let member: Member

beforeAll(async () => {
  log = await startLoopbackLog()
})
afterAll(() => log.close())
beforeEach(async () => {
  log.up = true
  log.handedIn.length = 0
  member = await becomeWitness('bakery.example/witness')
})
afterEach(() => member.leave())

async function evidence(): Promise<string[]> {
  return (await readdir(join(member.folder, 'state/evidence')).catch(() => [])).toSorted()
}

async function readKept(file: string): Promise<SignedCheckpoint> {
  return parseCheckpoint(await readFile(join(member.folder, 'state', file)))
}

/** Its co-signature as whoever trusts this witness sees it: when, or null. */
function timeOf(handedIn: LoopbackLog['handedIn'][number], note: string): number | null {
  const { text } = parseCheckpoint(note).note
  return verifyCosignature({ text, signatures: [handedIn.cosignature] }, parseVerifierKey(member.vkey))
}

test('a witness co-signs a log that only grows, across restarts', async () => {
  // Full tiles of two levels, and a third.
  for (const count of [3, 3, 70_000]) {
    const story = tell(entries(count))
    log.show(story)
    const witness = member.start(log.url, once)
    expect({ ended: await witness.ended, said: witness.said() }).toMatchObject({ ended: 0 })
    const handedIn = log.handedIn.at(-1)!
    expect(handedIn.size).toBe(count)
    expect(Math.abs(timeOf(handedIn, log.sign(story))! - Date.now() / 1000)).toBeLessThan(10)
    expect((await readKept('last.checkpoint')).size).toBe(count)
  }
})

test('what is signed was saved before, and what can not be saved is not signed', async () => {
  log.show(tell(entries(4)))
  log.takes = false
  const brokenOff = member.start(log.url, once)
  expect(await brokenOff.ended).toBe(1)
  log.takes = true
  expect((await readKept('last.checkpoint')).size).toBe(4)
  log.show(tell(entries(6)))
  // In the way of the file that would be written.
  await mkdir(join(member.folder, 'state/last.checkpoint.new'))
  const fullDisk = member.start(log.url, once)
  expect(await fullDisk.ended).toBe(1)
  expect(log.handedIn).toEqual([])
  expect((await readKept('last.checkpoint')).size).toBe(4)
})

test('a member hears of it, once, when others are to co-sign from now on', async () => {
  log.proposed = { quorum: 2, witnesses: ['florist', 'grocer'], proposed_index: 3 }
  try {
    log.show(tell(entries(4)))
    const witness = member.start(log.url)
    const told =
      /The operator proposes, in entry 3, that florist, grocer co-sign from now on, 2 of them a quorum/g
    await until(async () => log.handedIn.length === 1)
    log.show(tell(entries(5)))
    await until(async () => log.handedIn.length === 2)
    expect(witness.said().match(told)).toHaveLength(1)
    expect(witness.said().indexOf('The operator proposes')).toBeLessThan(
      witness.said().indexOf('Co-signed 4'),
    )
  } finally {
    log.proposed = null
  }
})

test('a proposal that can be none is not shown on the terminal, and holds nothing up', async () => {
  log.proposed = { quorum: 1, witnesses: ['\u001b[2Jflorist'], proposed_index: 3 }
  try {
    log.show(tell(entries(4)))
    const witness = member.start(log.url, once)
    expect(await witness.ended).not.toBe(0)
    expect(witness.said()).toContain('tells a contract or a proposal that can be none')
    expect(witness.said()).not.toContain('florist')
    expect(log.handedIn.at(-1)!.size).toBe(4)
  } finally {
    log.proposed = null
  }
})

test('its keys are made on request, are for its owner alone, and are never written over', async () => {
  const key = join(member.folder, 'own-key')
  const made = run(['--new-key', key, '--name', 'bakery.example/w1'])
  expect(await made.ended).toBe(0)
  expect(made.said()).toMatch(/^vkey bakery\.example\/w1\+[0-9a-f]{8}\+\S{44}\nchain 0x[0-9a-fA-F]{40}$/m)
  const text = await readFile(key, 'utf8')
  expect((await stat(key)).mode & 0o777).toBe(0o600)
  expect(made.said()).not.toContain(text.split('\n')[1])
  const again = run(['--new-key', key, '--name', 'other.example'])
  expect(await again.ended).toBe(1)
  expect(again.said()).toContain(`${key} is there already, and keys are never written over.`)
  expect(await readFile(key, 'utf8')).toBe(text)
})

test.each([
  { how: 'another root for the same size', size: 9, other: tell(entries(9, 4)) },
  { how: 'a longer log that began otherwise', size: 9, other: tell(entries(20, 4)) },
  { how: 'a longer log that began otherwise, after a whole subtree', size: 8, other: tell(entries(20, 4)) },
])('a fork is seen, kept as evidence, and ends the witness: $how', async ({ size, other }) => {
  log.show(tell(entries(size)))
  const witness = member.start(log.url)
  await until(() => log.handedIn.length === 1)
  log.show(other)
  expect(await witness.ended).toBe(3)
  expect(witness.said()).toContain('has forked')
  // Both are signed by the log itself, and only one can be true.
  for (const [file, expected] of [
    ['seen.checkpoint', size],
    ['other.checkpoint', other.size],
  ] as const) {
    const kept = await readKept(`evidence/${file}`)
    expect({ size: kept.size, signed: verifyNote(kept.note, parseVerifierKey(log.vkey)) }).toEqual({
      size: expected,
      signed: true,
    })
  }
  expect(await evidence()).toContain('other.checkpoint')
  expect(log.handedIn.length).toBe(1)
})

test('after a fork a witness stays stopped, whatever the log shows then', async () => {
  const honest = tell(entries(9))
  log.show(honest)
  expect(await member.start(log.url, once).ended).toBe(0)
  log.show(tell(entries(9, 4)))
  expect(await member.start(log.url, once).ended).toBe(3)
  log.show(honest)
  const again = member.start(log.url, once)
  expect(await again.ended).toBe(3)
  expect(again.said()).toContain('co-signs no more')
  expect(log.handedIn.length).toBe(1)
})

test('a smaller log than was seen is not co-signed, and is said to be so; nor one whose tiles are of another', async () => {
  log.show(tell(entries(9)))
  expect(await member.start(log.url, once).ended).toBe(0)
  log.show(tell(entries(5)))
  const smaller = member.start(log.url, once)
  expect(await smaller.ended).toBe(1)
  expect(smaller.said()).toContain('offers 5 entries, and has shown this witness 9 before')
  log.show(tell(entries(20)), tell(entries(20, 12)))
  const mixed = member.start(log.url, once)
  expect(await mixed.ended).toBe(1)
  expect(mixed.said()).toContain('tiles are not of its checkpoint')
  expect(log.handedIn.map(({ size }) => size)).toEqual([9])
  expect((await readKept('last.checkpoint')).size).toBe(9)
  expect(await evidence()).toEqual([])
})

test('a log that is away is waited for; SIGTERM ends the witness cleanly', async () => {
  log.up = false
  log.show(tell(entries(4)))
  const witness = member.start(log.url, ['--log-key', log.vkey])
  await until(() => witness.said().includes("can't be reached"))
  expect(witness.said()).toMatch(/Trying again in 1 s/)
  log.up = true
  await until(() => log.handedIn.length === 1)
  witness.child.kill('SIGTERM')
  expect(await witness.ended).toBe(0)
  expect(witness.said()).toContain('Co-signed 4 entries')
})

test('a log with another key than it had, or than it was told to have, is not followed', async () => {
  log.show(tell(entries(4)))
  expect(await member.start(log.url, once).ended).toBe(0)
  const other = await startLoopbackLog()
  other.show(tell(entries(5)))
  try {
    const impostor = member.start(other.url, once)
    expect(await impostor.ended).toBe(1)
    expect(impostor.said()).toContain('has not signed this checkpoint')
    const told = member.start(other.url, [...once, '--log-key', other.vkey])
    expect(await told.ended).toBe(1)
    expect(told.said()).toContain('Use another folder for another log')
    expect(other.handedIn).toEqual([])
  } finally {
    await other.close()
  }
})

test('a log that begins anew under another origin, as after a recovery, is not followed unasked', async () => {
  log.show(tell(entries(4)))
  expect(await member.start(log.url, once).ended).toBe(0)
  const recovered = await startLoopbackLog('points.example/log/town/2')
  recovered.show(tell(entries(3)))
  const asked = member.start(recovered.url, once)
  expect(await asked.ended).toBe(1)
  await recovered.close()
  expect(asked.said()).toContain('has begun a new log')
  expect(recovered.handedIn).toEqual([])
  expect((await readKept('last.checkpoint')).size).toBe(4)
})

test('a second process of the same witness is refused while the first runs', async () => {
  log.show(tell(entries(4)))
  member.start(log.url)
  await until(() => log.handedIn.length === 1)
  const second = member.start(log.url, once)
  expect(await second.ended).toBe(1)
  expect(second.said()).toContain('is a witness with the same --state')
})

test('add-checkpoint answers as tlog-witness says, and a fork brought there ends the witness', async () => {
  log.show(tell(entries(10)))
  const witness = member.start(log.url, ['--listen', '127.0.0.1:0'])
  await until(() => log.handedIn.length === 1)
  // From here on it hears of checkpoints there alone.
  log.up = false
  const [url = ''] = /http:\S+add-checkpoint/.exec(witness.said()) ?? []
  const ask = async (body: string) => {
    const answer = await fetch(url, { method: 'POST', body })
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
  }
  const longer = tell(entries(13))
  const good = await request(log, longer, 10)
  const stranger = await startLoopbackLog('elsewhere.example/log')
  const impostor = await startLoopbackLog()
  await stranger.close()
  await impostor.close()

  expect(await ask('nonsense')).toMatchObject({ status: 400 })
  expect(await ask(good.replace('old 10', 'old 010'))).toMatchObject({ status: 400 })
  expect(await ask(good.replace('old 10', 'old 14'))).toMatchObject({ status: 400 })
  expect(await ask(await request(stranger, longer, 10))).toMatchObject({ status: 404 })
  expect(await ask(await request(impostor, longer, 10))).toMatchObject({ status: 403 })
  const size = { status: 409, type: 'text/x.tlog.size', text: '10\n' }
  expect(await ask(await request(log, longer, 9))).toEqual(size)
  expect(await ask(await request(log, longer, 0))).toEqual(size)
  expect(await ask(await request(log, tell(entries(13, 4)), 10))).toMatchObject({ status: 422 })
  expect(await ask(good.replace(/\n\n/, `\n${'A'.repeat(43)}=\n\n`))).toMatchObject({ status: 422 })
  expect((await readKept('last.checkpoint')).size).toBe(10)

  const signed = await ask(good)
  expect(signed).toMatchObject({ status: 200 })
  const note = parseCheckpoint(log.sign(longer) + signed.text).note
  expect(verifyCosignature(note, parseVerifierKey(member.vkey))).not.toBeNull()
  expect((await readKept('last.checkpoint')).size).toBe(13)
  expect(await ask(good)).toEqual({ ...size, text: '13\n' })

  expect(await ask(await request(log, tell(entries(13, 4)), 13))).toMatchObject({ status: 409 })
  expect(await witness.ended).toBe(3)
  expect(await evidence()).toEqual(['other.checkpoint', 'seen.checkpoint'])
})
