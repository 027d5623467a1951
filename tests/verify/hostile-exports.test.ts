import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pack, type Header } from 'tar-stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseCheckpoint, signCheckpoint } from '../../ledger/proofs/checkpoint.ts'
import { formatVerifierKey, keyTypes, makeSignerKey, type SignerKey } from '../../ledger/proofs/note.ts'
import { formatPolicy } from '../../ledger/proofs/policy.ts'
import { judge } from '../../ledger/verify/judge.ts'
import { readExport, Unreadable } from '../../ledger/verify/read-export.ts'
import { auditorsPolicy, keys, makeExport, signLines, writeExport, type ExportFiles } from './made-export.ts'
import { makeLog } from './made-log.ts'
import { runVerify, runVerifyIn } from './run-verify.ts'

const trust = { policy: auditorsPolicy, checkpoints: [] }
let folder: string
let policy: string
let honest: ExportFiles

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallystick-test-hostile-'))
  policy = join(folder, 'policy')
  await writeFile(policy, formatPolicy(auditorsPolicy))
  honest = exportOf(40)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

function exportOf(transactions: number): ExportFiles {
  const log = makeLog({ transactions, wallets: 3, merchants: 2 })
  return makeExport({ lines: [...log.lines()], accounts: [...log.accounts] })
}

/** A file of a tar; of another type than a file where it says so. */
interface Packed {
  readonly name: string
  readonly text: string
  readonly type?: Header['type']
}

/** Packs files in this order, with a manifest of what `tar -x` would leave of them, and what comes after it. */
async function writeTar(files: readonly Packed[], after: readonly Packed[] = []): Promise<string> {
  const left = new Map(files.map(({ name, text }) => [name, text]))
  const manifest = [...left]
    .map(([name, text]) => `${createHash('sha256').update(text).digest('hex')}  ${name}\n`)
    .join('')
  const path = join(folder, `${Math.random()}.tar`)
  const tar = pack()
  const written = pipeline(tar, createWriteStream(path))
  for (const { name, text, type } of [
    ...files,
    { name: 'manifest.sha256', text: manifest },
    ...after,
  ] as Packed[]) {
    await new Promise<void>((done, failed) =>
      tar.entry({ name, ...(type && { type }) }, text, (error) => (error ? failed(error) : done())),
    )
  }
  tar.finalize()
  await written
  return path
}

/** An export's files in its order. */
function inOrder({ lines, files }: ExportFiles): Packed[] {
  const first = [...files].map(([name, text]) => ({ name, text }))
  const isLate = ({ name }: Packed) => name === 'accounts.json'
  return [
    ...first.filter((file) => !isLate(file)),
    ...first.filter(isLate),
    { name: 'entries.ndjson', text: lines.map((line) => `${line}\n`).join('') },
  ]
}

test('a tar in which another log hides beside the one that was signed can’t be read', async () => {
  const files = inOrder(honest)
  const other = inOrder(exportOf(90)).filter(({ name }) => /^(accounts|entries)/.test(name))
  expect(await runVerify(await writeTar(files), '--policy', policy)).toMatchObject({ code: 0 })
  const twice = [...files.slice(0, -2), ...other, ...files.slice(-2)]
  const hidden: [Packed[], Packed[]?][] = [
    [twice],
    [[...files, ...other]],
    [[...files, { ...other.at(-1)!, type: 'contiguous-file' }]],
    [[...files.slice(0, -1), { name: 'checkpoints/x', text: files[2]!.text }, files.at(-1)!]],
    [[{ name: 'read.me', text: 'hello' }, ...files]],
    [[{ name: 'checkpoints', text: '', type: 'symlink' }, ...files]],
    [files, [{ name: 'checkpoints/1-3', text: files[2]!.text }]],
    [files, other],
  ]
  for (const [before, after] of hidden) {
    const reading = readExport(await writeTar(before, after))
    await expect(reading).rejects.toThrow(Unreadable)
    await expect(reading).rejects.toThrow(/twice|too late|no file|neither a file/)
  }
})

/** A checkpoint with a root that the log never had, signed by whatever key. */
async function hold(name: string, { origin, size, key }: { origin: string; size: number; key: SignerKey }) {
  const path = join(folder, name)
  await writeFile(path, signCheckpoint({ origin, size, root: new Uint8Array(32).fill(5) }, key))
  return path
}

test('a paper that the log didn’t sign convicts nobody, is named, and takes the place of no answer', async () => {
  await writeExport(honest, join(folder, 'honest'))
  const exported = join(folder, 'honest')
  const size = honest.lines.length
  const origin = keys.log.name
  const stranger = makeSignerKey(origin, keyTypes.ed25519, new Uint8Array(32).fill(8))
  const forged = await hold('forged', { origin, size, key: stranger })
  const fork = await hold('fork', { origin, size: size - 1, key: keys.log })
  const other = await hold('other', {
    origin: 'other.example/log',
    size,
    key: makeSignerKey('other.example/log', keyTypes.ed25519, new Uint8Array(32).fill(8)),
  })
  const good = join(folder, 'good')
  await writeFile(good, signLines(honest.lines, size))
  const cases: [string[], number, string][] = [
    [[exported, '--checkpoints', good], 0, 'Whole'],
    [
      [exported, '--checkpoints', forged],
      10,
      `${forged} was not compared: the log ${origin} has not signed it`,
    ],
    [[exported, '--checkpoints', other], 10, `${other} was not compared: it is of another log`],
    [[exported, '--checkpoints', fork], 30, fork],
    [['--checkpoints', good, forged], 10, `${forged} was not compared`],
    [['--checkpoints', good, other], 10, 'the policy knows no log other.example/log'],
  ]
  for (const [args, code, words] of cases) {
    const said = await runVerify(...args, '--policy', policy)
    expect([said.code, said.out]).toEqual([code, expect.stringContaining(words)])
  }
})

test('a checkpoint from before a recovery is compared with the entries, too', async () => {
  const old = makeSignerKey('old.example/log', keyTypes.ed25519, new Uint8Array(32).fill(6))
  const last = honest.lines.length
  const { network, posted_at } = JSON.parse(honest.lines.at(-1)!) as Record<string, string>
  const about = { format: '1', kind: 'governance', network, posted_at }
  const entries = [
    { event: 'log_opened', index: String(last), key: formatVerifierKey(old), origin: old.name },
    {
      event: 'log_recovered',
      index: String(last + 1),
      key: formatVerifierKey(keys.log),
      old_origin: old.name,
      origin: keys.log.name,
    },
  ]
  const governance = entries.map((facts) =>
    JSON.stringify(
      Object.fromEntries(Object.entries({ ...about, ...facts }).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    ),
  )
  const lines = [...honest.lines, ...governance]
  const files = new Map([...honest.files].filter(([name]) => !name.startsWith('checkpoints/')))
  files.set(`checkpoints/2-${lines.length}`, signLines(lines, lines.length))
  await writeExport({ lines, files }, join(folder, 'recovered'))
  const asked = [join(folder, 'recovered'), '--policy', policy, '--checkpoints']
  const held = await hold('held', { origin: old.name, size: 12, key: old })
  const said = await runVerify(...asked, held)
  expect([said.code, said.out]).toEqual([30, expect.stringContaining(`${held} is of 12 entries`)])
  const { root } = parseCheckpoint(signLines(lines, 12))
  await writeFile(held, signCheckpoint({ origin: old.name, size: 12, root }, old))
  const same = await runVerify(...asked, held)
  expect(same.code, same.out).toBe(0)
})

test('an export can be checked from within its folder', async () => {
  const unpacked = join(folder, 'unpacked')
  await writeExport(honest, unpacked)
  expect(await runVerifyIn(unpacked, '.', '--policy', policy)).toMatchObject({ code: 0 })
})

test('an entry with a time or a number that is none is named, not called unreadable', async () => {
  const changes: [RegExp, (found: string) => string][] = [
    [/"posted_at":"\d{4}-\d\d/, () => '"posted_at":"2099-13'],
    [/"occurred_at":"\d{4}-\d\d-\d\d/, () => '"occurred_at":"2026-02-30'],
    [/"day":"[^"]+"/, () => '"day":"2026-02-30"'],
    [/"series":"[^"]+"/, () => '"series":"x"'],
  ]
  for (const [pattern, change] of changes) {
    const at = honest.lines.findIndex((line) => pattern.test(line) && !line.includes('governance'))
    expect(at, String(pattern)).toBeGreaterThan(0)
    const lines = honest.lines.with(at, honest.lines[at]!.replace(pattern, change))
    await writeExport({ lines, files: honest.files }, join(folder, 'changed'))
    const { verdict, words } = judge(await readExport(join(folder, 'changed')), trust)
    expect([verdict, words[0]]).toEqual(['diverged', expect.stringContaining(`Entry ${at} has `)])
  }
})

test('nothing that an export says moves the auditor’s cursor', async () => {
  const name = 'checkpoints/\u001b[2J\u001b[HWhole.\u001b[8m'
  const tar = await writeTar([{ name, text: 'x' }, ...inOrder(honest)])
  const { code, out } = await runVerify(tar, '--policy', policy)
  expect(code).toBe(40)
  expect(out).not.toContain('\u001b')
  expect(out).toContain('checkpoints/')
  const accounts = honest.files
    .get('accounts.json')!
    .replace('[\n', '[\n{"account":"a","kind":"\\u001b[2J\\u009b2J"},\n')
  await writeExport(
    { ...honest, files: new Map([...honest.files, ['accounts.json', accounts]]) },
    join(folder, 'kind'),
  )
  const kind = await runVerify(join(folder, 'kind'), '--policy', policy)
  expect(kind.code).toBe(30)
  // oxlint-disable-next-line no-control-regex -- they must not be there
  expect(kind.out).not.toMatch(/[\u001b\u009b]/)
})

test('no currency of a log’s own making rewrites the verdict above the balances', async () => {
  const log = makeLog({ transactions: 10, wallets: 3, merchants: 2 })
  const lines = [...log.lines()].map((line) =>
    line.replace('"currency":"EUR"', String.raw`"currency":"\u001b[6A\rWhole.\u001b[0K\nWhole."`),
  )
  await writeExport(makeExport({ lines, accounts: [...log.accounts] }), join(folder, 'currency'))
  const { code, out } = await runVerify(join(folder, 'currency'))
  expect(code).toBe(10)
  // oxlint-disable-next-line no-control-regex -- they must not be there
  expect(out).not.toMatch(/[\u001b\r]|^Whole\./m)
})
