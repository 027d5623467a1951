import { spawnSync } from 'node:child_process'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listExportFiles, packExport } from '../../api/export/pack-export.ts'
import type { Db } from '../../api/tables.ts'
import { collectAnchorEvidence } from '../../ledger/anchor/collect-evidence.ts'
import type { AnchorEvidence } from '../../ledger/anchor/evidence.ts'
import { parseCheckpoint, signCheckpoint } from '../../ledger/proofs/checkpoint.ts'
import { formatPolicy } from '../../ledger/proofs/policy.ts'
import { planExport, readReceipt } from '../../ledger/index.ts'
import {
  anchorWith,
  openAnchoredLog,
  startTestChain,
  type AnchoredLog,
  type TestChain,
} from '../anchor/anchored-log.ts'
import { openTown, type Town } from '../ledger/town.ts'
import { originOf } from '../log/kept-log.ts'
import { projectFolder } from '../support/server.ts'
import { auditorsPolicy, signLines } from './made-export.ts'
import { runVerify, runVerifyDatabase } from './run-verify.ts'

let town: Town
let node: TestChain
let log: AnchoredLog
let folder: string
let evidence: AnchorEvidence
/** All of it anchored; then with a few entries more. */
let anchored: string
let tar: string
let policy: string

beforeAll(async () => {
  town = await openTown()
  node = await startTestChain()
  log = await openAnchoredLog(town, node)
  folder = await mkdtemp(join(tmpdir(), 'tallystick-test-command-'))
  const { anchor } = anchorWith(town, node.chain)
  for (let anchors = 0; anchors < 3; anchors++) {
    await log.grow({ purchases: 2 })
    await anchor(log.network)
  }
  // A little more that is signed, and not anchored.
  await anchor(log.network)
  evidence = (await collectAnchorEvidence({ db: town.ledger.db, chain: node.chain }, log.network, 1))!
  anchored = await writeExportWith(evidence)
  await log.grow({ purchases: 1 })
  tar = await writeExportWith(evidence)
  policy = join(folder, 'policy')
  await writeFile(policy, (await planExport(town.ledger.db, log.network))!.policy)
}, 60_000)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await log.kept.remove()
  await node.stop()
  await town.close()
})

type Plan = NonNullable<Awaited<ReturnType<typeof planExport>>>

/** The export of the anchored log, with this for its anchors.json. */
async function writeExportWith(anchors: object, changed: Partial<Plan> = {}): Promise<string> {
  const plan = { ...(await planExport(town.ledger.db, log.network))!, ...changed }
  const file = join(folder, `export-${Math.random()}.tar`)
  const exported = { network: log.network, plan, anchors }
  const files = await listExportFiles(town.ledger.db as unknown as Db, exported)
  await packExport(createWriteStream(file), files, new AbortController().signal)
  return file
}

test('a contract’s address and a block’s hash are reason enough to trust what was anchored, and no more', async () => {
  for (const asked of [
    ['--block', evidence.block.hash],
    ['--rpc', node.rpcUrl],
  ]) {
    const whole = await runVerify(anchored, '--contract', log.address, ...asked)
    expect(whole.code, whole.out).toBe(0)
    expect(whole.out).toMatch(
      new RegExp(`The first [\\d,]+ entries are as the contract ${log.address} has them`),
    )
    const more = await runVerify(tar, '--contract', log.address, ...asked)
    expect(more.code, more.out).toBe(10)
    expect(more.out).toMatch(/Of those after them \(\d+\) nobody vouches but the log itself/)
    const both = await runVerify(tar, '--contract', log.address, ...asked, '--policy', policy)
    expect(both.code, both.out).toBe(0)
  }
})

test('an export that ends below what the contract has is cut off, whatever it leaves out', async () => {
  const sizes = evidence.anchors.map(({ size }) => Number(size)).toSorted((a, b) => a - b)
  const size = sizes[0]!
  const { checkpoints } = (await planExport(town.ledger.db, log.network))!
  const cut = { size, checkpoints: new Map([...checkpoints].filter(([name]) => name.endsWith(`-${size}`))) }
  const kept = { ...evidence, anchors: evidence.anchors.filter((anchor) => Number(anchor.size) === size) }
  const asked: [string, string[], string][] = [
    [await writeExportWith(kept, cut), ['--block', evidence.block.hash], 'which was left out'],
    [await writeExportWith(evidence, cut), ['--block', evidence.block.hash], 'was cut off'],
    [await writeExportWith(kept, cut), ['--rpc', node.rpcUrl], `of ${sizes.at(-1)}`],
    [await writeExportWith(kept, cut), ['--rpc', node.rpcUrl, '--policy', policy], 'was cut off'],
  ]
  for (const [file, how, words] of asked) {
    const { code, out } = await runVerify(file, '--contract', log.address, ...how)
    expect([code, out]).toEqual([30, expect.stringContaining(words)])
  }
})

test('a checkpoint in the name of another log than the contract’s convinces nobody', async () => {
  const { checkpoints } = (await planExport(town.ledger.db, log.network))!
  const [name, note] = [...checkpoints][0]!
  const rename = (note: string) => note.split('\n').with(0, 'elsewhere.example/log').join('\n')
  const beside = new Map([[name.replace('1-', '2-'), rename(note)], ...checkpoints])
  const alone = new Map([...checkpoints].map(([name, note]) => [name, rename(note)] as const))
  for (const strange of [beside, alone]) {
    const file = await writeExportWith(evidence, { checkpoints: strange })
    for (const how of [
      ['--rpc', node.rpcUrl],
      ['--block', evidence.block.hash],
    ]) {
      const { code, out } = await runVerify(file, '--contract', log.address, ...how)
      expect([code, out]).toEqual([10, expect.stringContaining('elsewhere.example/log, another log')])
      expect(out).not.toContain(`${originOf(log.network)}, another log`)
    }
  }
})

test('anchors of another contract, in another block, or none at all convince nobody', async () => {
  const other = `0x${'12'.repeat(20)}`
  const elsewhere = await runVerify(tar, '--contract', other, '--block', evidence.block.hash)
  expect([elsewhere.code, elsewhere.out]).toEqual([30, expect.stringContaining('are of the contract')])
  const block = await runVerify(tar, '--contract', log.address, '--block', `0x${'34'.repeat(32)}`)
  expect([block.code, block.out]).toEqual([30, expect.stringContaining('is not that of the block')])
  const none = await runVerify(
    await writeExportWith({}),
    '--contract',
    log.address,
    '--block',
    evidence.block.hash,
  )
  expect([none.code, none.out]).toEqual([10, expect.stringContaining('proves no anchors')])
  const nobody = await runVerify(tar, '--contract', other, '--rpc', node.rpcUrl)
  expect([nobody.code, nobody.out]).toEqual([10, expect.stringContaining('There is no contract')])
})

test('a log that gave an auditor another checkpoint of the same size before has diverged', async () => {
  const file = await keep('held', await signOtherRoot())
  for (const how of [['--policy', policy], []]) {
    const { code, out } = await runVerify(tar, ...how, '--checkpoints', file)
    expect([code, out]).toEqual([30, expect.stringContaining('different roots: the log has forked')])
    expect(out.includes('Whether the log signed these checkpoints was not looked at')).toBe(how.length === 0)
  }
})

test('what the log has not signed accuses it of nothing, and is told', async () => {
  const file = await keep(
    'slander',
    (await signOtherRoot()).replace(/^— .*$/m, (await signOwnRoot()).at(-2)!),
  )
  const beside = await runVerify(tar, '--policy', policy, '--checkpoints', file)
  expect([beside.code, beside.out]).toEqual([
    10,
    expect.stringContaining(`${file} was not compared: the log `),
  ])
  const own = await keep('own', (await signOwnRoot()).join('\n'))
  const pile = await runVerify('--checkpoints', own, file, '--policy', policy)
  expect([pile.code, pile.out]).toEqual([10, expect.stringContaining(`${file} was not compared: the log `)])
})

test('a checkpoint of another log is not passed over in silence', async () => {
  const file = await keep('elsewhere', signLines(['one', 'two'], 2))
  const { code, out } = await runVerify(tar, '--policy', policy, '--checkpoints', file)
  expect([code, out]).toEqual([10, expect.stringContaining(`${file} was not compared: it is of another log`)])
})

async function keep(name: string, note: string): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, note)
  return file
}

/** The lines of a checkpoint that was anchored, as the log alone has signed it. */
async function signOwnRoot(): Promise<string[]> {
  const plan = (await planExport(town.ledger.db, log.network))!
  const note = [...plan.checkpoints].find(([name]) => name.endsWith(`-${evidence.anchors[0]!.size}`))![1]
  return [...note.split('\n').slice(0, 5), '']
}

/** A checkpoint of the same size, with a root that the log never had and yet has signed. */
async function signOtherRoot(): Promise<string> {
  const { origin, size } = parseCheckpoint((await signOwnRoot()).join('\n'))
  const key = await town.ledger.logKeyOf(log.network, origin)
  return signCheckpoint({ origin, size, root: Buffer.alloc(32, 7) }, key)
}

test('a pile of checkpoints that agree is no fork, one of two roots is', async () => {
  const lines = ['one', 'two', 'three']
  const files = { a: signLines(lines, 2), b: signLines(lines, 3), c: signLines(['one', 'other'], 2) }
  for (const [name, note] of Object.entries(files)) await writeFile(join(folder, name), note)
  const own = join(folder, 'own-policy')
  await writeFile(own, formatPolicy(auditorsPolicy))
  const [a, b, c] = ['a', 'b', 'c'].map((name) => join(folder, name))
  expect(await runVerify('--checkpoints', a!, b!, '--policy', own)).toMatchObject({ code: 0 })
  expect(await runVerify('--checkpoints', a!, b!)).toMatchObject({ code: 10 })
  const forked = await runVerify('--checkpoints', a!, b!, c!, '--policy', own)
  expect([forked.code, forked.out]).toEqual([
    30,
    expect.stringContaining(`${a} and ${c} are both of 2 entries`),
  ])
})

test('a receipt is checked without an account: whole, with its entry; changed, it is not', async () => {
  const receipt = (await readReceipt(town.ledger.db, log.network, 3))!
  const file = join(folder, 'receipt')
  await writeFile(file, receipt.file)
  const whole = await runVerify('--receipt', file, '--policy', policy)
  expect([whole.code, whole.out]).toEqual([0, expect.stringContaining(receipt.entry)])
  expect(await runVerify('--receipt', file)).toMatchObject({ code: 10 })
  await writeFile(file, receipt.file.replace(/^index \d+$/m, 'index 2'))
  expect(await runVerify('--receipt', file, '--policy', policy)).toMatchObject({ code: 30 })
  await writeFile(file, 'no receipt')
  expect(await runVerify('--receipt', file, '--policy', policy)).toMatchObject({ code: 40 })
})

const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0
if (!hasTerminal) console.warn('SKIPPED: progress on a terminal, because `script` is missing on this machine')

test.skipIf(!hasTerminal)('on a terminal it shows how far it is, and nowhere else', async () => {
  const command = `exec ${process.execPath} api/verify/main.ts ${tar} --policy ${policy}`
  const { stdout, status } = spawnSync('script', ['-qec', command, '/dev/null'], { cwd: projectFolder })
  expect(String(stdout)).toMatch(/\d+ % \| \d+ of \d+ entries/)
  expect(String(stdout)).toContain('Whole.')
  expect(status).toBe(0)
  expect((await runVerify(tar, '--policy', policy)).out).not.toContain(' % |')
})

test('what is asked wrongly is answered by how to ask', async () => {
  for (const args of [
    [],
    ['--contract', '0x12', tar],
    ['--contract', '0x12', '--block', '0x34', tar],
    ['--contract', `0x${'12'.repeat(20)}`, '--block', '0x34', tar],
    ['--colour', tar],
    [tar, '--as-of', 'yesterday-ish'],
  ]) {
    const { code, out } = await runVerify(...args)
    expect([code, out]).toEqual([2, expect.stringContaining('Usage:')])
  }
})

test('a file that is not there, or is another, is named in words; so is an entry that the export has not got', async () => {
  const nothing = join(folder, 'nothing')
  const empty = join(folder, 'empty')
  await writeFile(empty, '')
  const mistyped = join(folder, 'mistyped-policy')
  const [first = '', ...lines] = (await readFile(policy, 'utf8')).split('\n')
  await writeFile(mistyped, [first.replace(/..$/, 'AA'), ...lines].join('\n'))
  for (const [args, words, code] of [
    [[nothing], `There is no file ${nothing}.`, 40],
    [[tar, '--policy', nothing], `There is no file ${nothing}.`, 40],
    [[tar, '--policy', folder], `${folder} is a folder, not a file.`, 40],
    [['--receipt', empty, '--policy', policy], `${empty} is empty.`, 40],
    [['--checkpoints', nothing], `There is no file ${nothing}.`, 40],
    [['README.md'], "README.md is neither an export's folder nor its tar.", 40],
    [['docs'], 'docs is no export: it has no entries.ndjson.', 40],
    [[tar, '--policy', mistyped], 'it is mistyped', 40],
    [[tar, '--as-of', '99999'], 'entries, 0 to ', 2],
    [[tar, '--polcy', policy], 'There is no option --polcy.\nUsage:', 2],
  ] as const) {
    const said = await runVerify(...args)
    expect([said.code, said.out]).toEqual([code, expect.stringContaining(words)])
    expect(said.out).not.toMatch(/ENOENT|EISDIR|\n +at /)
  }
})

test('help that is asked for is given, and is no fault', async () => {
  for (const args of [['--help'], ['-h'], ['--database', '--help'], [tar, '--help']]) {
    const { code, out } = await runVerify(...args)
    expect([code, out]).toEqual([0, expect.stringContaining('Usage:')])
  }
  const { code, out } = await runVerifyDatabase({}, '--colour')
  expect([code, out]).toEqual([2, expect.stringContaining('Usage: npm run verify -- --database')])
})

test('where there is no database, none is made for the check', async () => {
  const missing = join(folder, 'no-such-data')
  const { code, out } = await runVerifyDatabase({ TALLY_DATA: missing })
  expect([code, out]).toEqual([1, expect.stringContaining(`There is no database in ${missing} yet`)])
  expect(existsSync(missing)).toBe(false)
})

test('the books are printed as a table that people read: who is house and who shop, numbers in groups, under each other', async () => {
  const { out } = await runVerify(tar, '--policy', policy)
  const [, table = ''] = out.split('owed.\n\n')
  const [heads = '', ...lines] = table.split('\n\n')[0]!.split('\n')
  expect(heads).toMatch(/^merchant +float +accepted +owed +breakage +due in [A-Z]{3}, minor units$/)
  expect(lines[0]).toMatch(/^house …[0-9a-f]{8} /)
  for (const line of lines.slice(1)) expect(line).toMatch(/^shop …[0-9a-f]{8}( +-?\d{1,3}(,\d{3})*){5}$/)
  expect(new Set([heads, ...lines].map((line) => line.length)).size).toBe(1)
  expect(lines.length).toBeGreaterThan(1)
  const first = await runVerify(tar, '--policy', policy, '--as-of', '0')
  expect(first.out).toContain('As of entry 0 (')
})

test('an export that ends in the middle can’t be read', async () => {
  const half = join(folder, 'half.tar')
  const whole = await readFile(tar)
  await writeFile(half, whole.subarray(0, Math.floor(whole.length / 2)))
  expect((await runVerify(half, '--policy', policy)).code).toBe(40)
})
