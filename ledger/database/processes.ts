import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * When a process started, as the system words it (good for comparing, nothing else); null when none with
 * this number lives. With the number it names a process for good, since numbers come round again.
 */
export async function processStart(pid: number): Promise<string | null> {
  try {
    if (process.platform !== 'linux')
      return (await run('ps', ['-o', 'lstart=', '-p', String(pid)])).stdout.trim()
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // proc_pid_stat(5): the fields after the command's name, which may itself hold blanks and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state] = fields
    return state === 'Z' || state === 'X' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}

/** Whether a living process works in (Linux) or was started on (elsewhere) this folder, given as a real path. */
export async function worksIn(pid: number, folder: string): Promise<boolean> {
  try {
    if (process.platform === 'linux') return (await readlink(`/proc/${pid}/cwd`)) === folder
    return (await run('ps', ['-o', 'command=', '-p', String(pid)])).stdout.includes(folder)
  } catch {
    return false
  }
}

/** Waits until a process is gone; false when it still lives after `limitMs`. */
export async function waitUntilGone(pid: number, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs
  while ((await processStart(pid)) !== null) {
    if (Date.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return true
}
