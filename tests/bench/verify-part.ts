import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { formatVerifierKey, keyTypes, makeSignerKey } from '../../ledger/proofs/note.ts'
import { signCheckpoint } from '../../ledger/proofs/checkpoint.ts'
import { growTree } from '../../ledger/proofs/merkle.ts'
import { digest } from '../../ledger/log/digest.ts'
import { projectFolder } from '../support/server.ts'
import { makeLog } from '../verify/made-log.ts'
import { record, type Bench } from './bench.ts'

const transactions = 1_000_000
const wallets = 20_000
const merchants = 20
/**
 * What a process says of itself when it ends: seconds of processor, its garbage collector's too, and bytes at most. Those
 * are from proc(5): getrusage(2) counts what this process had as it began the other.
 */
const telling = `import { readFileSync } from 'node:fs'
process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  const [, kilobytes] = /^VmHWM:\\s*(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  console.error('used ' + (userCPUTime + systemCPUTime) / 1e6 + ' ' + kilobytes * 1024)
})`

/** Measurement 13: an export of a million transactions, and of a fourth of that, checked as `npm run verify` does. */
export async function benchVerifying(bench: Bench): Promise<void> {
  if (!bench.wants(13)) return
  const quarter = await measure(bench, transactions / 4)
  const whole = await measure(bench, transactions)
  record(bench, {
    verifyMs: whole.seconds * 1000,
    verifyBytes: whole.bytes,
    verifyQuarterMs: quarter.seconds * 1000,
  })
}

async function measure(bench: Bench, count: number): Promise<{ seconds: number; bytes: number }> {
  bench.say(`writing an export of ${count} transactions`)
  const folder = join(bench.folder, 'export')
  await writeMadeExport(folder, count)
  bench.say('checking it')
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [
      '--max-semi-space-size=4',
      `--import=data:text/javascript,${encodeURIComponent(telling)}`,
      join(projectFolder, 'ledger/verify/main.ts'),
      folder,
      '--policy',
      join(folder, 'policy'),
    ],
    { env: {} },
  )
  if (!stdout.startsWith('Whole.')) bench.faults.push(`verifying: ${stdout}`)
  await rm(folder, { recursive: true })
  const [, seconds = '', bytes = ''] = /used (\S+) (\S+)/.exec(stderr) ?? []
  return { seconds: Number(seconds), bytes: Number(bytes) }
}

async function writeMadeExport(folder: string, count: number): Promise<void> {
  await mkdir(join(folder, 'checkpoints'), { recursive: true })
  const log = makeLog({ transactions: count, wallets, merchants })
  const origin = 'bench.example.org/log'
  const key = makeSignerKey(origin, keyTypes.ed25519, new Uint8Array(32).fill(1))
  const tree = growTree(0, [], digest)
  const files = new Map<string, string>()
  const hash = createHash('sha256')
  const out = createWriteStream(join(folder, 'entries.ndjson'))
  for (const text of log.lines()) {
    const line = Buffer.from(`\0${text}\n`)
    tree.append(digest(line.subarray(0, -1)))
    hash.update(line.subarray(1))
    if (!out.write(line.subarray(1))) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
  const size = tree.size()
  files.set('policy', `log ${formatVerifierKey(key)}\nquorum none\n`)
  files.set('anchors.json', 'null\n')
  files.set('accounts.json', `[\n${log.accounts.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`)
  files.set(`checkpoints/1-${size}`, signCheckpoint({ origin, size, root: tree.root() }, key))
  const manifest = [`${hash.digest('hex')}  entries.ndjson\n`]
  for (const [name, text] of files) {
    manifest.push(`${createHash('sha256').update(text).digest('hex')}  ${name}\n`)
    await writeFile(join(folder, name), text)
  }
  await writeFile(join(folder, 'manifest.sha256'), manifest.join(''))
}
