import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashPassword, isPassword, isPin } from '../../api/people/passwords.ts'
import { createTurns } from '../../api/turns.ts'

const passwordsUrl = new URL('../../api/people/passwords.ts', import.meta.url).href
const threads: Worker[] = []
const remember = (thread: Worker) => void threads.push(thread)
let known: string

beforeAll(async () => {
  process.on('worker', remember)
  known = await hashPassword('Größe ﬁnden 1234')
})
afterAll(() => void process.off('worker', remember))

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

test('passwords are worked on one after the other by the same threads, however many come', async () => {
  const right = await Promise.all(Array.from({ length: 12 }, () => isPassword(known, 'Größe finden 1234')))
  expect(right).toEqual(Array(12).fill(true))
  expect(threads.length).toBeLessThanOrEqual(Math.max(1, Math.floor(availableParallelism() / 2)))
})

test.runIf(process.platform === 'linux')('the thread has a lower priority than all others', () => {
  const nice = readdirSync('/proc/self/task').map((thread) => {
    const stat = readFileSync(join('/proc/self/task', thread, 'stat'), 'utf8')
    // proc(5): field 19; the name, field 2, may hold spaces.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
  })
  const lowest = nice.filter((each) => each === Math.max(...nice))
  expect(Math.max(...nice)).toBeGreaterThan(Math.min(...nice))
  expect(lowest).toHaveLength(threads.length)
})

test('a thread that dies fails the one sign-in that it was at, and the next have another', async () => {
  const before = threads.length
  const lost = isPassword(known, 'Größe finden 1234')
  const next = isPassword(known, 'Größe finden 1234')
  await threads.at(-1)!.terminate()
  await expect(lost).rejects.toThrow('The thread that works on passwords ended.')
  expect(await next).toBe(true)
  expect(threads).toHaveLength(before + 1)
  await threads.at(-1)!.terminate()
  expect(await isPassword(known, 'Größe finden 1234')).toBe(true)
})

test('a hash that is none is said to be none, and the thread goes on', async () => {
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
