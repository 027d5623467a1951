import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from './config.ts'

const answerLimitMs = 3_000

/** Writes down where this server listens, for programs beside it; answers how to take that back at the end. */
export async function announceAddress(dataFolder: string, url: string): Promise<() => Promise<void>> {
  const path = pathIn(dataFolder)
  // Where no file can be written the server does without.
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
    .then(() => writeFile(path, url, { mode: 0o600 }))
    .catch(() => {})
  return async () => {
    // Another process may have written its own since.
    if ((await readAddress(path)) === url) await rm(path, { force: true })
  }
}

/**
 * Where a server of this configuration answers at this moment: as the data folder says, else where one would listen,
 * which may be on another machine. Null: none answers.
 */
export async function findServer(
  config: Pick<Config, 'dataFolder' | 'databaseUrl' | 'publicUrl' | 'host' | 'port'>,
): Promise<string | null> {
  const { dataFolder, databaseUrl, publicUrl, host, port } = config
  const told = await readAddress(pathIn(dataFolder))
  const own = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  // The embedded database is this folder's alone: what listens elsewhere is not its server.
  const others = databaseUrl ? [publicUrl, own] : []
  for (const url of [told, ...others]) {
    if (url && (await answers(url))) return url
  }
  return null
}

function pathIn(dataFolder: string): string {
  return join(dataFolder, 'server-address')
}

async function readAddress(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null)
}

/** After a crash the address is still there, and nobody listens. */
async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(answerLimitMs) })).ok
  } catch {
    return false
  }
}
