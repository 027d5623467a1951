import { open, rm, type FileHandle } from 'node:fs/promises'

/** A line that was not taken, and why. */
export interface Reject {
  readonly line: number
  readonly reason: string
  readonly text: string
}

export interface Rejects {
  /** `FILE.rejects.csv`; there is none while there are no rejects. */
  readonly path: string
  add(rejects: readonly Reject[]): Promise<void>
  close(): Promise<void>
}

/** Removes the rejects of an earlier run and takes those of this one. */
export async function openRejects(file: string): Promise<Rejects> {
  const path = rejectsPathOf(file)
  let handle: FileHandle | undefined
  await rm(path, { force: true })
  return {
    path,
    async add(rejects) {
      if (rejects.length === 0) return
      if (!handle) {
        handle = await open(path, 'w').catch((cause: Error) => {
          throw new Error(
            `Bad lines go to ${path}, but it can't be written: ${cause.message}. Put ${file} into a folder that can be written to.`,
            { cause },
          )
        })
        await handle.appendFile('line,reason,text\n')
      }
      await handle.appendFile(rejects.map(toCsv).join(''))
    },
    async close() {
      await handle?.close()
    },
  }
}

/** `shop.csv` has its rejects in `shop.rejects.csv`. */
function rejectsPathOf(file: string): string {
  return `${file.replace(/\.csv$/i, '')}.rejects.csv`
}

/** RFC 4180: in quotes, with quotes doubled. */
function toCsv({ line, reason, text }: Reject): string {
  return `${line},${quote(reason)},${quote(text)}\n`
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
