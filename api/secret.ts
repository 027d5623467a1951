import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from './config.ts'

/**
 * The deployment's secret, at least 32 bytes, from which all its keys are derived: the configured one, or else the
 * one in the data folder's file `secret` (mode 0600), which is made at the first start. Throws when that is damaged.
 */
export async function openSecret({
  secret,
  dataFolder,
}: Pick<Config, 'secret' | 'dataFolder'>): Promise<Buffer> {
  if (secret) return secret
  const path = join(dataFolder, 'secret')
  const draft = `${path}.${process.pid}`
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600 })
  try {
    // A link appears whole or not at all, and never replaces a secret that is there.
    await link(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await rm(draft)
  }
  const kept = Buffer.from(await readFile(path, 'utf8'), 'base64url')
  if (kept.length >= 32) return kept
  throw new Error(`${path} is damaged: it must hold 32 bytes as base64url. Put it back from a backup.`)
}
