import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

/** A file of a built app, in memory: all of them are a few hundred kB. */
export interface BuiltFile {
  readonly type: string
  /** By content coding (RFC 9110 section 8.4.1); `identity` is always there. */
  readonly bodies: { readonly identity: Buffer; readonly gzip?: Buffer; readonly br?: Buffer }
  /** Its name changes with its content, so it may be kept for ever. */
  readonly isHashed: boolean
  /** RFC 9110 section 8.8.3. */
  readonly etag: string
}

/** A built app: its files by path below its address, and the page for every address that is no file. */
export interface BuiltApp {
  readonly files: ReadonlyMap<string, BuiltFile>
  readonly page: string
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** Reads what was built; files of unknown kinds are left out. */
export async function readBuilt(folder: string): Promise<BuiltApp> {
  const files = new Map<string, BuiltFile>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).split(sep).join('/')
    files.set(name, await readFileOf(path, name, type))
  }
  const page = files.get('index.html')
  if (page === undefined) throw new Error(`${folder} has no index.html`)
  files.delete('index.html')
  return { files, page: page.bodies.identity.toString() }
}

async function readFileOf(path: string, name: string, type: string): Promise<BuiltFile> {
  const identity = await readFile(path)
  const [gzip, br] = await Promise.all(
    ['gz', 'br'].map((coding) => readFile(`${path}.${coding}`).catch(() => undefined)),
  )
  return {
    type,
    bodies: { identity, ...(gzip && { gzip }), ...(br && { br }) },
    isHashed: name.startsWith('assets/'),
    etag: `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`,
  }
}
