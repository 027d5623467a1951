import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureChainPlatform } from '../../contracts/chain-platform.ts'
import { isLongRun } from '../support/long.ts'
import { projectFolder } from '../support/server.ts'

export interface SolidityRun {
  /** By test: whether it passed. */
  readonly tests: readonly { name: string; passed: boolean }[]
  /** Lines of the contracts (not of tests) that were never reached, as `file:line`. */
  readonly unreached: readonly string[]
  /** Lines that were. */
  readonly reached: number
  readonly said: string
}

/** Runs the tests written in Solidity by Hardhat's own runner, and sees which lines they reach. */
export async function runSolidityTests(): Promise<SolidityRun> {
  await ensureChainPlatform()
  const config = isLongRun ? ['--config', 'tests/contracts/long.config.ts'] : []
  const said = await run([
    'node_modules/hardhat/dist/src/cli.js',
    'test',
    'solidity',
    '--coverage',
    ...config,
  ])
  const tests = [...said.matchAll(/^ +(✔|\d+\)) (\w+)\(/gm)].map(([, mark, name]) => ({
    name: name!,
    passed: mark === '✔',
  }))
  // Hardhat writes it there and nowhere else.
  const folder = join(projectFolder, 'coverage')
  const lines = readLines(await readFile(join(folder, 'lcov.info'), 'utf8'))
  await rm(folder, { recursive: true })
  const unreached = lines.filter(({ times }) => times === 0).map(({ file, line }) => `${file}:${line}`)
  return { tests, said, unreached, reached: lines.length - unreached.length }
}

/** Answers all it said, passed or not. */
function run(args: readonly string[]): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, args, {
      cwd: projectFolder,
      env: { ...process.env, HARDHAT_DISABLE_TELEMETRY: 'true', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stdout.on('data', (chunk) => (said += chunk))
    child.stderr.on('data', (chunk) => (said += chunk))
    child.once('error', failed).once('close', () => done(said))
  })
}

/** The lines of an lcov file, and how often each was reached. */
function readLines(lcov: string): { file: string; line: number; times: number }[] {
  return lcov.split('end_of_record').flatMap((record) => {
    const file = /^SF:(.*)$/m.exec(record)?.[1] ?? ''
    return [...record.matchAll(/^DA:(\d+),(\d+)/gm)].map(([, line, times]) => ({
      file,
      line: Number(line),
      times: Number(times),
    }))
  })
}
