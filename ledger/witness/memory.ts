import { access, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { lockDataFolder } from '../database/data-folder-lock.ts'

/** Two checkpoints of one log of which only one can be true, and what shows it; by file name. */
export type Evidence = Readonly<Record<string, string>>

/**
 * What a witness remembers of one log, in a folder of its own: `log.vkey` (whom it follows), `last.checkpoint` (the
 * last note it co-signed) and `evidence/`. It survives the loss of power at any moment.
 */
export interface Memory {
  /** Whom it follows; null before the first time. */
  readonly vkey: string | null
  /** The last checkpoint it has co-signed, as a note with the log's signature; null before the first. */
  last(): string | null
  /** Follows this log from now on. */
  follow(vkey: string): Promise<void>
  /**
   * On disk when it resolves: what is signed after it can't be forgotten. Throws `ForkSeen` after a fork, and an Error where
   * another process has changed what is remembered since this one read it.
   */
  remember(note: string): Promise<void>
  /** Throws `ForkSeen` once a fork was seen: from then on nothing is signed. */
  demandNoFork(): Promise<void>
  /** Keeps evidence of a fork, the first alone; answers the folder. Throws `ForkSeen` where there is some. */
  keepEvidence(evidence: Evidence): Promise<string>
  close(): Promise<void>
}

const vkeyFile = 'log.vkey'
const lastFile = 'last.checkpoint'
const replacingFile = 'last.checkpoint.replacing'
/** Far longer than it takes to replace a file. */
const replacingMsMax = 3_000

/**
 * Opens a witness's memory, for this process alone. Throws where another one has it open, and where there is evidence
 * of a fork: what then is for people to decide.
 */
export async function openMemory(folder: string): Promise<Memory> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = await lockDataFolder(folder, alreadyOpen)
  const evidenceFolder = join(folder, 'evidence')
  try {
    await refuseAfterFork(evidenceFolder)
    await outwaitReplacing(folder)
    let last = await readIfThere(join(folder, lastFile))
    let isForked = false
    const demandNoFork = async () => {
      await refuseAfterFork(evidenceFolder)
      if (isForked) throw new ForkSeen('This witness has seen a fork and co-signs no more.')
    }
    return {
      vkey: (await readIfThere(join(folder, vkeyFile)))?.trim() ?? null,
      last: () => last,
      follow: (vkey) => writeForGood(folder, vkeyFile, `${vkey}\n`),
      async remember(note) {
        await demandNoFork()
        await replaceAlone(folder, async () => {
          if ((await readIfThere(join(folder, lastFile))) !== last) throw changedMeanwhile(folder)
          await writeForGood(folder, lastFile, note)
        })
        last = note
      },
      demandNoFork,
      async keepEvidence(evidence) {
        await demandNoFork()
        isForked = true
        await mkdir(evidenceFolder, { recursive: true })
        for (const [name, text] of Object.entries(evidence)) await writeForGood(evidenceFolder, name, text)
        return evidenceFolder
      },
      close: () => lock.release(),
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** A fork was seen: the witness has stopped, and stays stopped. */
export class ForkSeen extends Error {
  override readonly name = 'ForkSeen'
}

async function refuseAfterFork(folder: string): Promise<void> {
  const files = await readdir(folder).catch(() => [])
  if (files.length === 0) return
  throw new ForkSeen(
    `This witness has seen a fork and co-signs no more. The evidence is in ${folder}: ${files.join(', ')}. Show it to ` +
      'the other members. To go on with a log that they then agree on, begin with a new --state folder.',
  )
}

/**
 * Runs `task` while no other process does, in whatever container it is: `lockDataFolder` knows the processes of its own
 * alone.
 */
async function replaceAlone(folder: string, task: () => Promise<void>): Promise<void> {
  const path = join(folder, replacingFile)
  const file = await open(path, 'wx', 0o600).catch(() => {
    throw changedMeanwhile(folder)
  })
  try {
    await file.close()
    await task()
  } finally {
    await rm(path, { force: true })
  }
}

/** A process that was cut off while it replaced the file left its mark; one that lives takes it away soon. */
async function outwaitReplacing(folder: string): Promise<void> {
  const path = join(folder, replacingFile)
  const isThere = () =>
    access(path).then(
      () => true,
      () => false,
    )
  const deadline = Date.now() + replacingMsMax
  while ((await isThere()) && Date.now() < deadline) await pause(50)
  await rm(path, { force: true })
}

function changedMeanwhile(folder: string): Error {
  return new Error(
    `Another process has signed with the same --state ${folder}, perhaps in another container. This one signs nothing ` +
      'more: let one alone run, and ask why there were two.',
  )
}

/** Replaces a file so that either the old or the new text is there, whatever happens, and the new one for good. */
async function writeForGood(folder: string, name: string, text: string): Promise<void> {
  const draft = join(folder, `${name}.new`)
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, join(folder, name))
  const entries = await open(folder, 'r')
  // Windows has no such thing as syncing a folder, and needs none.
  await entries.sync().catch(() => {})
  await entries.close()
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function alreadyOpen(folder: string, pid: number): Error {
  return new Error(`Process ${pid} is a witness with the same --state ${folder} already. Stop it first.`)
}
