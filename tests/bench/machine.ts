import { execFile } from 'node:child_process'
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { projectFolder } from '../support/server.ts'

const run = promisify(execFile)

/** What a figure depends on besides the program. */
export async function describeMachine(): Promise<Record<string, unknown>> {
  const { stdout: commit } = await run('git', ['describe', '--always', '--dirty'], {
    cwd: projectFolder,
  }).catch(() => ({ stdout: 'unknown' }))
  return {
    processor: cpus()[0]?.model,
    processors: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    commit: commit.trim(),
    // Others at work on the machine at the start, averaged over 1, 5 and 15 minutes.
    loadBefore: loadavg(),
  }
}
