import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ensureChainPlatform } from '../../contracts/chain-platform.ts'
import { openChain } from '../../ledger/anchor/chain.ts'
import { readContract } from '../../ledger/anchor/contract.ts'
import { projectFolder } from '../support/server.ts'

/** A dozen processes one after the other: 40 s on a machine of two cores, several times that on a busy one. */
const demoLimitMs = 400_000
/** So that what it said is told where it says no more. */
const hearLimitMs = 240_000
const run = promisify(execFile)

test(
  'npm run demo:chain anchors what its witnesses sign; an auditor proves it with an address and a block hash; nothing stays behind',
  async () => {
    // What npm may need for it (certificates, a proxy) is in this process's environment, not in the demonstration's.
    await ensureChainPlatform()
    const demo = startDemo()
    const folder = await mkdtemp(join(tmpdir(), 'tallystick-test-demo-'))
    try {
      const size = Number(await demo.hear(/Anchored: (\d+) entries/))
      const rpcUrl = await demo.hear(/A chain listens at (\S+)/)
      const url = await demo.hear(/ready at (\S+)\. /)
      const contract = await demo.hear(/The contract is (0x\w{40})/)
      expect(demo.said(), 'nothing is begun that is not said').not.toMatch(/:\n/)
      const chain = openChain(rpcUrl)
      const state = await readContract(chain, contract)
      expect(state).toMatchObject({ size: BigInt(size), quorum: 2, frozen: false })
      expect(state.origin).toMatch(/\/log\/riverside$/)

      const metrics = await (await fetch(`${url}/metrics`)).text()
      expect(metrics).toContain(`tallystick_anchor_entries{network="riverside"} ${size}`)
      expect(metrics).toMatch(/tallystick_anchor_lag_seconds\{network="riverside"\} \d/)

      const file = join(folder, 'export.tar')
      await writeFile(file, await takeExport(url))
      // From elsewhere than the export: this is what an auditor reads off any block explorer.
      const { hash } = (await chain.send('eth_getBlockByNumber', ['latest', false])) as { hash: string }
      chain.close()
      const verified = await verify(file, ['--contract', contract, '--block', hash])
      // What was posted since it was anchored, nobody vouches for yet.
      expect([0, 10]).toContain(verified.code)
      expect(verified.said).toMatch(/The first [\d,]+ entries are as the contract/)
      // In the middle of the weeks of history, which begin after the entries that opened the network.
      const then = new Date(Date.now() - 14 * 86_400_000).toISOString()
      const middle = await verify(file, ['--contract', contract, '--block', hash, '--as-of', then])
      expect(middle.said).toMatch(/As of entry \d{2,} /)
      const other = await verify(file, ['--contract', `0x${'12'.repeat(20)}`, '--block', hash])
      expect(other.code).not.toBe(0)
      const forged = await verify(file, ['--contract', contract, '--block', `0x${'34'.repeat(32)}`])
      expect(forged.code).not.toBe(0)
    } finally {
      expect(await demo.stop()).toBe(0)
      await rm(folder, { recursive: true })
    }
    expect(await demo.leftovers()).toEqual([])
  },
  demoLimitMs,
)

/** The demonstration in a process group of its own, as in a terminal. */
function startDemo() {
  const child = spawn(process.execPath, ['api/anchor/demo-chain.ts'], {
    cwd: projectFolder,
    env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'warn' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  return {
    said: () => said,
    /** What it says there, once it does. */
    async hear(words: RegExp): Promise<string> {
      for (const deadline = Date.now() + hearLimitMs; ;) {
        const heard = words.exec(said)?.[1]
        if (heard !== undefined) return heard
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`The demonstration ended:\n${said}`)
        }
        if (Date.now() > deadline) throw new Error(`Nothing like ${words} was heard:\n${said}`)
        await sleep(100)
      }
    },
    async stop(): Promise<number | null> {
      child.kill('SIGTERM')
      return ended
    },
    /** Processes of its group, and folders of its data. */
    async leftovers(): Promise<string[]> {
      const data = /as files in (\S+tallystick-demo-chain-\w+)\//.exec(said)?.[1] ?? 'none was named'
      const folders = (await readdir(tmpdir())).map((name) => join(tmpdir(), name))
      return [...folders.filter((name) => name === data), ...(isGroupAlive(child.pid!) ? ['a process'] : [])]
    },
  }
}

function isGroupAlive(pid: number): boolean {
  try {
    return process.kill(-pid, 0)
  } catch {
    return false
  }
}

/** As the network's operator. */
async function takeExport(url: string): Promise<Buffer> {
  const session = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      email: 'operator@tallystick.localhost',
      password: 'three witnesses see it',
      network: 'riverside',
    }),
  })
  const { token } = (await session.json()) as { token: string }
  const answer = await fetch(`${url}/v1/export`, { headers: { Authorization: `Bearer ${token}` } })
  expect(answer.status).toBe(200)
  return Buffer.from(await answer.arrayBuffer())
}

async function verify(file: string, args: readonly string[]): Promise<{ code: number; said: string }> {
  try {
    const { stdout } = await run(process.execPath, ['api/verify/main.ts', file, ...args], {
      cwd: projectFolder,
    })
    return { code: 0, said: stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, said: stdout }
  }
}
