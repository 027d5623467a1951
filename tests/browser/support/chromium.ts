import { existsSync } from 'node:fs'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import { chromium, type Browser, type BrowserContext, type LaunchOptions } from 'playwright-core'
import { extract } from 'tar-stream'
import { projectFolder } from '../../support/server.ts'

const packed = join(projectFolder, 'node_modules/@sparticuz/chromium/bin')
const temporary = join(projectFolder, 'tests/.tmp/chromium')
/** Where browsers are on machines for which npm has none. */
const installed = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
]

/** Flags of our own: those of the package turn the web's security off. */
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  // Without these it asks its maker's hosts for things at every start.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-pings',
  '--font-render-hinting=none',
  // Root has no sandbox to be in.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

/** A headless Chromium: the one from npm on Linux x64, the machine's own elsewhere. Whoever launches it closes it. */
export async function launchChromium(moreFlags: readonly string[] = []): Promise<Browser> {
  return await chromium.launch(await describeChromium(moreFlags))
}

/** The same with what a browser keeps on disk, in `folder`: closed and launched again, it goes on from there. */
export async function launchFrom(folder: string, baseURL: string): Promise<BrowserContext> {
  const options = { ...(await describeChromium([])), locale: 'en-GB', baseURL }
  return await chromium.launchPersistentContext(folder, options)
}

async function describeChromium(moreFlags: readonly string[]): Promise<LaunchOptions> {
  const isPacked = process.platform === 'linux' && process.arch === 'x64'
  const folder = isPacked ? await unpack() : null
  const executablePath = folder ? join(folder, 'chromium') : installed.find((path) => existsSync(path))
  if (executablePath === undefined) throw new Error('There is no Chromium here. Install Chrome or Chromium.')
  return {
    executablePath,
    args: [...flags, ...moreFlags],
    env: {
      ...(process.env as Record<string, string>),
      ...(folder && {
        FONTCONFIG_FILE: join(folder, 'fonts/fonts.conf'),
        FONTCONFIG_PATH: join(folder, 'fonts'),
        LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      }),
    },
  }
}

/** Unpacks the browser once for each version of the package, whole or not at all. */
async function unpack(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packed, '../package.json'), 'utf8')) as {
    version: string
  }
  const folder = join(temporary, version)
  if (existsSync(folder)) return folder
  await mkdir(temporary, { recursive: true })
  const unfinished = await mkdtemp(join(temporary, '.unpacking-'))
  await Promise.all([
    pipeline(
      createReadStream(join(packed, 'chromium.br')),
      createBrotliDecompress(),
      createWriteStream(join(unfinished, 'chromium'), { mode: 0o755 }),
    ),
    unpackTar('fonts', join(unfinished, 'fonts')),
    unpackTar('al2023', join(unfinished, 'al2023')),
    unpackTar('swiftshader', unfinished),
  ])
  // The package's own configuration names folders of somebody else's machine: without a font, a field ends the browser.
  await writeFile(join(unfinished, 'fonts/fonts.conf'), fontsIn(join(folder, 'fonts')))
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true }))
  return folder
}

/** A configuration of Fontconfig that knows the fonts of one folder. */
function fontsIn(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/cache</cachedir></fontconfig>
`
}

async function unpackTar(name: string, into: string): Promise<void> {
  const entries = extract()
  const reading = pipeline(
    createReadStream(join(packed, `${name}.tar.br`)),
    createBrotliDecompress(),
    entries,
  )
  for await (const entry of entries) {
    const path = join(into, entry.header.name)
    if (entry.header.type === 'file') {
      await mkdir(dirname(path), { recursive: true })
      await pipeline(Readable.from(entry), createWriteStream(path, { mode: entry.header.mode ?? 0o644 }))
    } else entry.resume()
  }
  await reading
}
