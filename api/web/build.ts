import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'vite'
import { projectFolder } from './apps.ts'

// `node api/web/build.ts FOLDER OUT`: builds one web app. A process of its own, so that the server answers meanwhile
// and keeps none of the bundler's memory.
const [folder = '', out = ''] = process.argv.slice(2)
// Whoever started this has ended, so nobody waits for it any more.
process.on('disconnect', () => process.exit(1))
await buildApp(join(projectFolder, folder), out)
process.exit(0)

/** `out` is there either whole or not at all, whoever else builds it at the same time. */
async function buildApp(root: string, outFolder: string): Promise<void> {
  const unfinished = join(dirname(outFolder), `.${basename(outFolder)}-${process.pid}`)
  await mkdir(dirname(outFolder), { recursive: true })
  try {
    await build({
      root,
      configFile: join(root, 'vite.config.ts'),
      // The other loaders write beside the sources, which may not be ours to write to.
      configLoader: 'native',
      logLevel: 'warn',
      build: { outDir: unfinished, emptyOutDir: true },
    })
    await compressFiles(unfinished)
    await rename(unfinished, outFolder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** What is text is kept compressed too, so that no answer waits for it. */
async function compressFiles(outFolder: string): Promise<void> {
  for (const entry of await readdir(outFolder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|css|svg|json|webmanifest|wasm)$/.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path)
    await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }))
    const quality = { [constants.BROTLI_PARAM_QUALITY]: 9 }
    await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params: quality }))
  }
}
