import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pack, type Header } from 'tar-stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatPolicy } from '../../ledger/proofs/policy.ts'
import { judge } from '../../ledger/verify/judge.ts'
import { readExport, Unreadable } from '../../ledger/verify/read-export.ts'
import { auditorsPolicy, makeExport, writeExport, type ExportFiles } from './made-export.ts'
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
