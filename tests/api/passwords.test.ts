import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test, vi } from 'vitest'
import { inPasswordProcess } from '../../api/people/password-processes.ts'
import { hashPassword, isPassword, isPin } from '../../api/people/passwords.ts'
import { createTurns } from '../../api/turns.ts'

const passwordsUrl = new URL('../../api/people/passwords.ts', import.meta.url).href
const onLinux = process.platform === 'linux'
let known: string

beforeAll(async () => {
  known = await hashPassword('Größe ﬁnden 1234')
})

/** The processes that this one has for passwords, with what the system shares processors out by. */
function listProcesses(): { pid: number; nice: number; environment: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const read = (file: string) => readFileSync(join('/proc', name, file), 'utf8')
      const stat = read('stat')
      // proc(5): fields 4 and 19; the name, field 2, may hold spaces.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const isOurs = Number(fields[1]) === process.pid && read('cmdline').includes('password-process.ts')
      return isOurs ? [{ pid: Number(name), nice: Number(fields[16]), environment: read('environ') }] : []
    } catch {
      // No process, or one that has just ended.
      return []
    }
  })
}

test('a password is known again, also typed in other characters of the same meaning, and no other is', async () => {
  expect(await isPassword(known, 'Größe finden 1234')).toBe(true)
  expect(await isPassword(known, 'Größe finden 1235')).toBe(false)
  expect(await isPin(await hashPassword('0815'), '0815')).toBe(true)
  expect(await isPin(await hashPassword('0815'), '4711')).toBe(false)
})

test('nobody signs in as somebody who is not there', async () => {
  expect(await isPassword(null, '')).toBe(false)
  expect(await isPassword(null, 'Größe finden 1234')).toBe(false)
})

test('passwords are worked on one after the other, however many come', async () => {
  const right = await Promise.all(Array.from({ length: 12 }, () => isPassword(known, 'Größe finden 1234')))
  expect(right).toEqual(Array(12).fill(true))
  const processes = onLinux ? listProcesses().length : 1
  expect(processes).toBeLessThanOrEqual(Math.max(1, availableParallelism() / 2))
})

test.runIf(onLinux)('who works on passwords comes after all others, and is told no secrets', () => {
  for (const { nice, environment } of listProcesses()) {
    expect(nice).toBeGreaterThanOrEqual(10)
    expect(environment).not.toMatch(/DATABASE|TALLY|PATH=/)
  }
})

test.runIf(onLinux)(
  'one that is killed fails the one sign-in that it was at, and the next have another',
  async () => {
    const [before] = listProcesses()
    const lost = isPassword(known, 'Größe finden 1234')
    const next = isPassword(known, 'Größe finden 1234')
    process.kill(before!.pid, 'SIGKILL')
    await expect(lost).rejects.toThrow('The process that works on passwords ended.')
    expect(await next).toBe(true)
    const [after] = listProcesses()
    expect(after!.pid).not.toBe(before!.pid)
    // Also one that dies while it has nothing to do.
    process.kill(after!.pid, 'SIGKILL')
    // On a busy machine another one takes a second and more to start.
    await vi.waitFor(async () => expect(await isPassword(known, 'Größe finden 1234')).toBe(true), 20_000)
  },
)

test.runIf(onLinux)(
  'one that is stuck is ended after its time, and keeps nobody from their turn',
  async () => {
    expect(await isPassword(known, 'Größe finden 1234')).toBe(true)
    const stuck = listProcesses().map(({ pid }) => pid)
    for (const pid of stuck) process.kill(pid, 'SIGSTOP')
    for (const _ of stuck) {
      const lost = inPasswordProcess({ password: 'Größe finden 1234', isOf: known }, 100)
      await expect(lost).rejects.toThrow('The process that works on passwords ended.')
    }
    expect(await isPassword(known, 'Größe finden 1234')).toBe(true)
    expect(listProcesses().filter(({ pid }) => stuck.includes(pid))).toEqual([])
  },
)

test('a hash that is none is said to be none, and the next is worked on', async () => {
  await expect(isPassword('not a hash', 'password1234')).rejects.toThrow('could not be worked on')
  expect(await isPassword(known, 'Größe finden 1234')).toBe(true)
})

test('a program ends by itself after a password, and not before its answer', async () => {
  const program = `const { hashPassword } = await import('${passwordsUrl}'); console.log(await hashPassword('password1234'))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    timeout: 20_000,
  })
  expect(stdout).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

test('whoever would wait too long, or behind too many, is told so, and those before are served', async () => {
  const turns = createTurns(1, { waitingMax: 2, waitMsMax: 200 })
  const begun = Promise.withResolvers<void>()
  const first = turns.take(async () => (await begun.promise, 'first'))
  const second = turns.take(async () => 'second')
  const third = turns.take(async () => 'third')
  expect(await turns.take(async () => 'fourth')).toBeUndefined()
  setTimeout(begun.resolve, 300)
  expect(await Promise.all([first, second, third])).toEqual(['first', undefined, undefined])
  expect(await turns.take(async () => 'later')).toBe('later')
})
