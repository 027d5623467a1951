import { createHash } from 'node:crypto'
import { Readable, Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack, type Pack } from 'tar-stream'
import { readAccountRows, readEntryTexts, type ExportPlan, type NetworkId } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'
import { countBytes } from './store.ts'

/** What is exported. */
export interface Exported {
  readonly network: NetworkId
  readonly plan: ExportPlan
  /** Of `anchors.json`. */
  readonly anchors: object
}

/** A file of an export: how many bytes it has, and these bytes. */
interface ExportFile {
  readonly name: string
  readonly size: number
  readonly bytes: () => AsyncIterable<string>
}

/** Every file but the manifest, in their order: entries come after all that they are compared with. */
export async function listExportFiles(db: Db, exported: Exported): Promise<ExportFile[]> {
  const { network, plan, anchors } = exported
  const textFile = (name: string, text: string) => ({
    name,
    size: Buffer.byteLength(text),
    bytes: () => once(text),
  })
  let accountBytes = 0
  for await (const text of writeAccounts(db, exported)) accountBytes += Buffer.byteLength(text)
  return [
    textFile('policy', plan.policy),
    textFile('anchors.json', `${JSON.stringify(anchors)}\n`),
    ...[...plan.checkpoints].map(([name, note]) => textFile(`checkpoints/${name}`, note)),
    { name: 'accounts.json', size: accountBytes, bytes: () => writeAccounts(db, exported) },
    {
      name: 'entries.ndjson',
      size: await countBytes(db, network, plan.size),
      bytes: () => writeLines(readEntryTexts(db, network, [0, plan.size])),
    },
  ]
}

/** How many bytes the tar of these files and their manifest has: POSIX.1-1988 `ustar`, all in blocks of 512. */
export function tarLength(files: readonly ExportFile[]): number {
  const blocks = (size: number) => 1 + Math.ceil(size / 512)
  const manifestSize = files.reduce((size, { name }) => size + manifestLine('0'.repeat(64), name).length, 0)
  const endBlocks = 2
  return 512 * (files.reduce((sum, { size }) => sum + blocks(size), blocks(manifestSize)) + endBlocks)
}

/**
 * Writes these files as a tar to `out`, as fast as that takes it and in memory that doesn't grow with the log; the manifest
 * comes last. Ends early when `signal` says that nobody reads it any more; rejects when the log's rows are not whole, which
 * leaves a tar that is cut off.
 */
export async function packExport(
  out: Writable,
  files: readonly ExportFile[],
  signal: AbortSignal,
): Promise<void> {
  const tar = pack()
  const written = pipeline(tar, out, { signal })
  const fill = async () => {
    const manifest: string[] = []
    for (const file of files) manifest.push(manifestLine(await addFile(tar, file, signal), file.name))
    const text = manifest.join('')
    await addFile(tar, { name: 'manifest.sha256', size: text.length, bytes: () => once(text) }, signal)
    tar.finalize()
  }
  const filled = fill().catch((error: unknown) => {
    tar.destroy(error as Error)
    throw error
  })
  await Promise.all([written, filled]).catch((error: NodeJS.ErrnoException) => {
    if (!goneCodes.has(error.code ?? '')) throw error
  })
}

/** As `sha256sum` writes it. */
function manifestLine(hash: string, name: string): string {
  return `${hash}  ${name}\n`
}

/** What Node says when the reader has gone away. */
const goneCodes: ReadonlySet<string> = new Set(['ABORT_ERR', 'ERR_STREAM_PREMATURE_CLOSE'])

/** Answers the file's SHA-256 in hexadecimal digits. */
async function addFile(tar: Pack, { name, size, bytes }: ExportFile, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(Readable.from(bytes(), { objectMode: false }), hashing, tar.entry({ name, size }), {
    signal,
  })
  return hash.digest('hex')
}

async function* once(text: string): AsyncGenerator<string> {
  yield text
}

async function* writeLines(batches: AsyncIterable<string[]>): AsyncGenerator<string> {
  for await (const lines of batches) yield `${lines.join('\n')}\n`
}

/** A JSON array with one account a line. */
async function* writeAccounts(db: Db, { network, plan }: Exported): AsyncGenerator<string> {
  let before = '[\n'
  for await (const rows of readAccountRows(db, network, plan)) {
    for (const row of rows) {
      yield `${before}${JSON.stringify(row)}`
      before = ',\n'
    }
  }
  yield '\n]\n'
}
