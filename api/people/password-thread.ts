import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { hashSync, verifySync, type Options } from '@node-rs/argon2'

// A thread of `password-threads.ts`: hashes and verifies passwords, one after the other, behind everything else that
// the machine has to do.

/** What such a thread is asked: a hash at that cost, or whether it is the password of a hash. */
export type PasswordTask =
  { readonly password: string; readonly cost: Options } | { readonly password: string; readonly isOf: string }

/** What it answers; `failed` says why it could not. */
export type PasswordAnswer = { readonly answer: string | boolean } | { readonly failed: string }

/**
 * For `setpriority(2)`: a tenth of the share of others where all want a processor. At the lowest, 19, a sign-in took a second
 * and more on a busy machine.
 */
const priority = 10

if (process.platform === 'linux') yieldToOthers()
parentPort?.on('message', (task: PasswordTask) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
  parentPort?.postMessage(answer(task))
})

/** On Linux a priority is a thread's, named by its id; the link reads `1234/task/1240`. Elsewhere it is the process's. */
function yieldToOthers(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), priority)
  } catch {
    // Where /proc is hidden, or the call forbidden, it works as on other systems: with the priority of the others.
  }
}

function answer(task: PasswordTask): PasswordAnswer {
  const password = task.password.normalize('NFKC')
  try {
    return { answer: 'isOf' in task ? verifySync(task.isOf, password) : hashSync(password, task.cost) }
  } catch (error) {
    return { failed: String(error) }
  }
}
