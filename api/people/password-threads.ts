import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { PasswordAnswer, PasswordTask } from './password-thread.ts'

// Argon2 is made to be expensive, and threads of the process's own pool would have the tills' priority: in a flood of
// sign-ins a processor's share of it would be gone. The threads here are started with the first password, and keep
// nobody from ending.

const idle: Worker[] = []

/** Does it on a thread of its own, as many at once as are asked for. Throws when that fails, or the thread dies. */
export async function onPasswordThread(task: PasswordTask): Promise<string | boolean> {
  const thread = idle.pop() ?? startThread()
  // While it works the process waits for it.
  thread.ref()
  const ending = new AbortController()
  try {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
    thread.postMessage(task)
    const [said] = (await Promise.race([
      once(thread, 'message', ending),
      once(thread, 'exit', ending).then(() => {
        throw new Error('The thread that works on passwords ended.')
      }),
    ])) as [PasswordAnswer]
    thread.unref()
    idle.push(thread)
    if ('failed' in said) throw new Error(`A password could not be worked on: ${said.failed}`)
    return said.answer
  } finally {
    ending.abort()
  }
}

function startThread(): Worker {
  // None of the options that this process was started with is meant for it.
  const thread = new Worker(new URL('password-thread.ts', import.meta.url), { execArgv: [] })
  // Whoever waits for it hears of an error; where nobody does, its end is all there is to say.
  thread.on('error', () => {})
  thread.once('exit', () => {
    const at = idle.indexOf(thread)
    if (at >= 0) idle.splice(at, 1)
  })
  return thread
}
