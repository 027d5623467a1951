import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKeyFile, presentKeys } from '../../ledger/witness/key-file.ts'
import { projectFolder } from '../support/server.ts'

/** A witness of one's own, with its keys in a folder that is removed at the end. */
export interface Member {
  readonly folder: string
  readonly vkey: string
  readonly chainAddress: string
  /** Starts its process; `args` come on top of --log, --key and --state. */
  start(log: string, args?: readonly string[]): WitnessProcess
  /** Ends whatever of it still runs and removes its folder. */
  leave(): Promise<void>
}

export interface WitnessProcess {
  readonly child: ChildProcess
  /** Its exit code or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
  /** All it has said so far, on both streams. */
  said(): string
}

/** Makes a witness with fresh keys. */
export async function becomeWitness(name: string): Promise<Member> {
  const folder = await mkdtemp(join(tmpdir(), 'tallystick-witness-'))
  const key = join(folder, 'key')
  const state = join(folder, 'state')
  const running: WitnessProcess[] = []
  const { vkey, chainAddress } = presentKeys(await makeKeyFile(key, name))
  return {
    folder,
    vkey,
    chainAddress,
    start(log, args = []) {
      const started = run(['--log', log, '--key', key, '--state', state, ...args])
      running.push(started)
      return started
    },
    async leave() {
      for (const { child, ended } of running) {
        child.kill('SIGKILL')
        await ended
      }
      await rm(folder, { recursive: true })
    },
  }
}

/** `npm run witness` with these arguments. */
export function run(args: readonly string[]): WitnessProcess {
  const child = spawn(process.execPath, ['ledger/witness/main.ts', ...args], {
    cwd: projectFolder,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  return {
    child,
    ended: new Promise((done) => child.once('close', (code, signal) => done(signal ?? code))),
    said: () => output,
  }
}
