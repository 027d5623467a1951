import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openLog } from '../../api/open-log.ts'
import { makeDataFolder, projectFolder, removeDataFolder } from '../support/server.ts'

let dataFolder: string
let printed: string[]

beforeEach(async () => {
  dataFolder = await makeDataFolder()
  printed = []
})
afterEach(() => removeDataFolder(dataFolder))

const open = () =>
  openLog(
    { dataFolder, logLevel: 'info' },
    { name: 'api', isTerminal: true, print: (line) => void printed.push(line) },
  )
const readLines = async (name = 'api.log') =>
  (await readFile(join(dataFolder, name), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('on a terminal the log is in a file for its owner alone, and people read words', async () => {
  const { logger, tell } = open()
  logger.info({ route: '/v1/purchases' }, 'answered')
  tell('stopping')
  expect(await readLines()).toMatchObject([{ msg: 'answered', route: '/v1/purchases' }, { msg: 'stopping' }])
  expect(printed).toEqual(['stopping'])
  expect((await stat(join(dataFolder, 'api.log'))).mode & 0o777).toBe(0o600)
})

test('what is wrong is printed too, in one line, with where to read more', async () => {
  const { logger } = open()
  logger.warn({ err: new Error('first\nsecond') }, 'a database connection broke')
  logger.error('closing days failed')
  expect(printed).toEqual([
    `Warning: a database connection broke (first). More in ${join(dataFolder, 'api.log')}.`,
    `Error: closing days failed. More in ${join(dataFolder, 'api.log')}.`,
  ])
  expect((await readLines())[0]).toMatchObject({ err: { message: 'first\nsecond' } })
})

test('a new run begins a new file and keeps that of the run before', async () => {
  open().tell('one')
  open().tell('two')
  open().tell('three')
  expect(await readLines()).toMatchObject([{ msg: 'three' }])
  expect(await readLines('api.log.1')).toMatchObject([{ msg: 'two' }])
})

const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0
if (!hasTerminal)
  console.warn('SKIPPED: the start on a terminal, because `script` is missing on this machine')

test.skipIf(!hasTerminal)(
  'whoever starts it on a terminal sees not one line of JSON',
  async () => {
    const started = spawn('script', ['-qec', `exec ${process.execPath} api/main.ts`, '/dev/null'], {
      cwd: projectFolder,
      env: { PATH: process.env.PATH, PORT: '0', TALLY_DATA: dataFolder, TALLY_DEMO: 'off' },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const ended = once(started, 'exit')
    let said = ''
    started.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    try {
      const url = await vi.waitFor(
        () => /ready at (\S+?)\.\s/.exec(said)?.[1] ?? Promise.reject(new Error(said)),
        {
          timeout: 60_000,
        },
      )
      expect((await fetch(`${url}/v1/networks`)).status).toBe(401)
      await vi.waitFor(async () =>
        expect(await readLines()).toContainEqual(expect.objectContaining({ status: 401 })),
      )
    } finally {
      // Ctrl-C, which the terminal makes a SIGINT.
      started.stdin.write('\u0003')
      await ended
    }
    expect(said).not.toContain('{"level"')
    expect(said.trimEnd()).toMatch(/stopping\s+Stopped\.$/)
  },
  90_000,
)
