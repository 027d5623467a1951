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
  readonly signal: AbortSignal
}

/**
 * Writes an export as a tar to `out`, as fast as that takes it and in memory that doesn't grow with the log; entries come
 * after all that they are compared with, and the manifest (as `sha256sum` writes it) last. Ends early when `signal` says that
 * nobody reads it any more; rejects when the log's rows are not whole, which leaves a tar that is cut off.
 */
export async function packExport(db: Db, out: Writable, exported: Exported): Promise<void> {
  const { network, plan, anchors, signal } = exported
  const tar = pack()
  const written = pipeline(tar, out, { signal })
  const fill = async () => {
    const manifest: string[] = []
    const add = async (name: string, size: number, bytes: AsyncIterable<string>) => {
      manifest.push(`${await addFile(tar, { name, size, bytes, signal })}  ${name}\n`)
    }
    const addText = (name: string, text: string) => add(name, Buffer.byteLength(text), once(text))
    await addText('policy', plan.policy)
    await addText('anchors.json', `${JSON.stringify(anchors)}\n`)
    for (const [name, note] of plan.checkpoints) await addText(`checkpoints/${name}`, note)
    let accountBytes = 0
    for await (const text of writeAccounts(db, exported)) accountBytes += Buffer.byteLength(text)
    await add('accounts.json', accountBytes, writeAccounts(db, exported))
    const entries = readEntryTexts(db, network, [0, plan.size])
    await add('entries.ndjson', await countBytes(db, network, plan.size), writeLines(entries))
    await addText('manifest.sha256', manifest.join(''))
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

/** What Node says when the reader has gone away. */
const goneCodes: ReadonlySet<string> = new Set(['ABORT_ERR', 'ERR_STREAM_PREMATURE_CLOSE'])

/** Answers the file's SHA-256 in hexadecimal digits. */
async function addFile(
  tar: Pack,
  {
    name,
    size,
    bytes,
    signal,
  }: { name: string; size: number; bytes: AsyncIterable<string>; signal: AbortSignal },
): Promise<string> {
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(Readable.from(bytes, { objectMode: false }), hashing, tar.entry({ name, size }), { signal })
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
