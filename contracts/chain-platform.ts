import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'

// npm on Node 20 leaves out Hardhat's machine code for this platform, since its package asks for Node 22. That is the
// machine's Node, and the scripts here run on a newer one: so the package that the lock file names is fetched here, with
// npm, and must have the hash that the lock file has for it.

const run = promisify(execFile)
const { resolve } = createRequire(import.meta.url)
const edrFolder = dirname(resolve('@nomicfoundation/edr'))
const modules = join(edrFolder, '../..')
const lockFile = join(import.meta.dirname, '../package-lock.json')

/**
 * Makes sure that Hardhat's chain can run here; call it before Hardhat is loaded. Does nothing where it can.
 * @throws saying what is missing and what to do
 */
export async function ensureChainPlatform(): Promise<void> {
  const name = await nameOfPlatformPackage()
  if (isInstalled(name)) return
  const { packages } = JSON.parse(await readFile(lockFile, 'utf8')) as {
    packages: Record<string, { version: string; integrity: string }>
  }
  const locked = packages[`node_modules/${name}`]
  if (!locked) throw new Error(`package-lock.json has no ${name}. Run npm install, and commit the lock file.`)
  const folder = await mkdtemp(join(modules, '.chain-platform-'))
  try {
    const archive = await fetchPackage(`${name}@${locked.version}`, folder)
    await checkHash(archive, locked.integrity)
    const unpacked = join(folder, 'package')
    await unpack(archive, folder)
    await rename(unpacked, join(modules, name)).catch((error: unknown) => {
      // Another process was quicker.
      if (!isInstalled(name)) throw error
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Such as `@nomicfoundation/edr-linux-x64-gnu`, from what the package itself lists. */
async function nameOfPlatformPackage(): Promise<string> {
  const { optionalDependencies } = JSON.parse(await readFile(join(edrFolder, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>
  }
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  const library = header.glibcVersionRuntime ? 'gnu' : 'musl'
  const suffixes = { linux: `-${library}`, win32: '-msvc' } as Partial<Record<NodeJS.Platform, string>>
  const name = `@nomicfoundation/edr-${process.platform}-${process.arch}${suffixes[process.platform] ?? ''}`
  if (!(name in optionalDependencies)) {
    const known = Object.keys(optionalDependencies).map((name) => basename(name))
    throw new Error(
      `Hardhat's chain doesn't run on this machine: there is no ${name}, only ${known.join(', ')}.`,
    )
  }
  return name
}

/** Not by `require.resolve`, which remembers what was not there. */
function isInstalled(name: string): boolean {
  return existsSync(join(modules, name, 'package.json'))
}

async function fetchPackage(spec: string, folder: string): Promise<string> {
  // The hash says what it must be, so npm's cache is as good; a registry that is away is told of in seconds, not minutes.
  const how = ['--pack-destination', folder, '--prefer-offline', '--fetch-retry-mintimeout', '1000']
  await run('npm', ['pack', spec, ...how, '--silent'], { shell: process.platform === 'win32' }).catch(
    (error: Error & { stderr?: string }) => {
      const said = error.stderr?.trim() || error.message
      throw new Error(
        `The test chain needs ${spec}, which npm could not fetch: ${said}. See that the npm registry can be reached, ` +
          'or run npm ci with Node 22 or newer.',
      )
    },
  )
  const [name = '', version = ''] = spec.slice(1).split('@')
  return join(folder, `${name.replace('/', '-')}-${version}.tgz`)
}

async function checkHash(file: string, integrity: string): Promise<void> {
  const hash = createHash('sha512')
  await pipeline(createReadStream(file), hash)
  if (`sha512-${hash.digest('base64')}` !== integrity) {
    throw new Error(
      `${basename(file)} is not what package-lock.json says it is. Look at who serves your npm registry.`,
    )
  }
}

async function unpack(archive: string, folder: string): Promise<void> {
  const files = extract()
  const unpacking = (async () => {
    for await (const file of files) {
      const path = join(folder, file.header.name)
      if (!path.startsWith(join(folder, 'package')))
        throw new Error(`${archive} has a file ${file.header.name}`)
      const chunks: Buffer[] = []
      for await (const chunk of file) chunks.push(chunk as Buffer)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, Buffer.concat(chunks))
    }
  })()
  await Promise.all([pipeline(createReadStream(archive), createGunzip(), files), unpacking])
}
