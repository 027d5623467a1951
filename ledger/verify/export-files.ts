import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream'
import { extract } from 'tar-stream'
import { explainFile, TypedError } from '../command-line.ts'

/** A file of an export. It must be read to its end before the next one. */
export interface ExportFile {
  /** With `/` between folders. */
  readonly name: string
  readonly stream: AsyncIterable<Uint8Array>
}

/** In an export the entries come when all that they are compared with is known. */
const last = ['entries.ndjson', 'manifest.sha256']

/** The files of an export, be it a tar or the folder that one was unpacked to; entries last but for the manifest. */
export async function* openExport(path: string): AsyncGenerator<ExportFile> {
  const there = await stat(path).catch((error: unknown) => {
    throw explainFile(path, error)
  })
  if (!there.isDirectory()) {
    yield* readTar(path)
    return
  }
  // Whatever else is in a folder that somebody named by mistake is no file of an export to complain of.
  if (!(await stat(join(path, 'entries.ndjson')).catch(() => null))) {
    throw new TypedError(`${path} is no export: it has no entries.ndjson.`)
  }
  const found = await readdir(path, { recursive: true, withFileTypes: true })
  const names = found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => {
      const name = relative(path, join(entry.parentPath, entry.name)).replaceAll('\\', '/')
      if (!entry.isFile()) throw new Error(`${JSON.stringify(name)} is no file`)
      return name
    })
  for (const name of names.toSorted((a, b) => last.indexOf(a) - last.indexOf(b) || (a < b ? -1 : 1))) {
    yield { name, stream: createReadStream(join(path, name)) }
  }
}

async function* readTar(path: string): AsyncGenerator<ExportFile> {
  const files = extract()
  // What breaks the file breaks the entries read from it, too.
  pipeline(createReadStream(path), files, () => {})
  let isTar = false
  try {
    for await (const entry of files) {
      isTar = true
      const { name, type } = entry.header
      if (type === 'file') {
        yield { name: name.replace(/^\.\//, ''), stream: entry as AsyncIterable<Uint8Array> }
      } else if (type === 'directory') entry.resume()
      else throw new Error(`${JSON.stringify(name)} is neither a file nor a folder (${type})`)
    }
  } catch (error) {
    if (isTar) throw error
    throw new TypedError(`${path} is neither an export's folder nor its tar.`, { cause: error })
  }
}
