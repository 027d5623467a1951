import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { PasswordAnswer, PasswordTask } from './password-process.ts'

// Argon2 is made to be expensive: in the pool of this process's threads it would have the tills' priority, and a flood of
// sign-ins would take a processor's share of it. A thread of a lower priority is not enough (2026-11-29): each hash
// maps 19 MiB anew, and whoever holds the lock of the address space waits for a turn while the tills wait for the lock. So
// passwords have processes of their own, started with the first one; they keep nobody from ending.

const idle: ChildProcess[] = []
/** A hash takes some hundredths of a second: one that takes so long has stopped, and would keep all others from their turn. */
const usualWorkMsMax = 30_000

/**
 * Does it in a process of its own, as many at once as are asked for. Throws when that fails, or the process dies, or
 * takes longer than `workMsMax`.
 */
export async function inPasswordProcess(
  task: PasswordTask,
  workMsMax = usualWorkMsMax,
): Promise<string | boolean> {
  const child = idle.pop() ?? startProcess()
  // While it works this process waits for it.
  hold(child, true)
  const ending = new AbortController()
  const stuck = setTimeout(() => child.kill('SIGKILL'), workMsMax)
  try {
    child.send(task)
    const [said] = (await Promise.race([
      once(child, 'message', ending),
      once(child, 'exit', ending).then(() => {
        throw new Error('The process that works on passwords ended.')
      }),
    ])) as [PasswordAnswer]
    idle.push(child)
    if ('failed' in said) throw new Error(`A password could not be worked on: ${said.failed}`)
    return said.answer
  } finally {
    clearTimeout(stuck)
    hold(child, false)
    ending.abort()
  }
}

function startProcess(): ChildProcess {
  // None of this process's options and secrets is meant for it; nor is Ctrl-C, which it would not survive.
  const child = fork(join(import.meta.dirname, 'password-process.ts'), {
    execArgv: [],
    env: {},
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // Whoever waits for it hears of an error; where nobody does, its end is all there is to say.
  child.on('error', () => {})
  child.once('exit', () => {
    const at = idle.indexOf(child)
    if (at >= 0) idle.splice(at, 1)
  })
  return child
}

function hold(child: ChildProcess, working: boolean): void {
  if (working) child.ref()
  else child.unref()
  const channel = child.channel
  if (working) channel?.ref()
  else channel?.unref()
}
