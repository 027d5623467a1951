import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint, type SignedCheckpoint } from '../proofs/checkpoint.ts'
import { formatNote } from '../proofs/note.ts'
import { LogRefused } from './refusal.ts'

/** The last checkpoint of each log, kept outside the database, so that a restored backup is noticed. */
export interface LogMemory {
  /** Null for none. Throws LogRefused `memory_damaged`. `network`: its UUID. */
  recall(network: string): Promise<SignedCheckpoint | null>
  /** Safe on disk when it resolves. */
  remember(network: string, checkpoint: SignedCheckpoint): Promise<void>
  /** Puts aside what is remembered, as evidence; answers where, null when there was nothing. */
  setAside(network: string, suffix: string): Promise<string | null>
}

/** Files in a folder, one a network, each the checkpoint as it was published. */
export function createLogMemory(folder: string): LogMemory {
  let drafts = 0
  const pathOf = (network: string) => join(folder, `${network}.checkpoint`)
  return {
    async recall(network) {
      const path = pathOf(network)
      const text = await readFile(path, 'utf8').catch(nothingThere)
      if (text === null) return null
      try {
        return parseCheckpoint(text)
      } catch (error) {
        throw new LogRefused(
          'memory_damaged',
          `${path} is damaged (${error instanceof Error ? error.message : error}). It must hold the last checkpoint that was ` +
            `signed: put it back from a backup, or from what a witness keeps.`,
        )
      }
    },
    async remember(network, { note }) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const draft = `${pathOf(network)}.${process.pid}-${++drafts}`
      const file = await open(draft, 'w')
      try {
        await file.writeFile(formatNote(note))
        await file.datasync()
      } finally {
        await file.close()
      }
      // A name changes as a whole or not at all.
      await rename(draft, pathOf(network))
    },
    async setAside(network, suffix) {
      const aside = join(folder, `${network}.${suffix}.checkpoint`)
      return rename(pathOf(network), aside).then(() => aside, nothingThere)
    },
  }
}

function nothingThere(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}
