import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { extract } from 'tar-stream'

/** Unpacks a tar into a folder. */
export async function unpackTar(file: string, folder: string): Promise<void> {
  const files = extract()
  const reading = pipeline(createReadStream(file), files)
  for await (const entry of files) {
    const path = join(folder, entry.header.name)
    await mkdir(dirname(path), { recursive: true })
    await pipeline(entry, createWriteStream(path))
  }
  await reading
}
