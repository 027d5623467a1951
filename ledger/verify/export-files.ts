import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { extract } from 'tar-stream'

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
  if (!(await stat(path)).isDirectory()) {
    yield* readTar(path)
    return
  }
  const found = await readdir(path, { recursive: true, withFileTypes: true })
  const names = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(path, '/').length).replaceAll('\\', '/'))
  for (const name of names.toSorted((a, b) => last.indexOf(a) - last.indexOf(b) || (a < b ? -1 : 1))) {
    yield { name, stream: createReadStream(join(path, name)) }
  }
}

async function* readTar(path: string): AsyncGenerator<ExportFile> {
  const files = extract()
  // What breaks the file breaks the entries read from it, too.
  pipeline(createReadStream(path), files, () => {})
  for await (const entry of files) {
    if (entry.header.type === 'file')
      yield { name: entry.header.name.replace(/^\.\//, ''), stream: entry as AsyncIterable<Uint8Array> }
    else entry.resume()
  }
}
