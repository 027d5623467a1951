import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { hashSync, verifySync, type Options } from '@node-rs/argon2'

// A process of `password-processes.ts`: hashes and verifies passwords, one after the other, behind everything else that
// the machine has to do. It ends with the process that started it, as its channel does.

/** What such a process is asked: a hash at that cost, or whether it is the password of a hash. */
export type PasswordTask =
  { readonly password: string; readonly cost: Options } | { readonly password: string; readonly isOf: string }

/** What it answers; `failed` says why it could not. */
export type PasswordAnswer = { readonly answer: string | boolean } | { readonly failed: string }

/**
 * For `setpriority(2)`: a tenth of the share of others where all want a processor. At the lowest, 19, a sign-in took a second
 * and more on a busy machine.
 */
const priority = 10

yieldToOthers()
process.on('message', (task: PasswordTask) => process.send?.(answer(task)))

/** Where a call is forbidden, it works with the priority of the others. */
function yieldToOthers(): void {
  try {
    setPriority(priority)
    // Linux may share processors out by session first, and by priority only within one: sched(7), autogroup.
    if (process.platform === 'linux') writeFileSync('/proc/self/autogroup', String(priority))
  } catch {}
}

function answer(task: PasswordTask): PasswordAnswer {
  const password = task.password.normalize('NFKC')
  try {
    return { answer: 'isOf' in task ? verifySync(task.isOf, password) : hashSync(password, task.cost) }
  } catch (error) {
    return { failed: String(error) }
  }
}
