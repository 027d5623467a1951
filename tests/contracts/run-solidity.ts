import { spawn } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureChainPlatform } from '../../contracts/chain-platform.ts'
import { projectFolder } from '../support/server.ts'
import { libraryFile, markBranches } from './mark-branches.ts'

export interface SolidityRun {
  /** By test: whether it passed. */
  readonly tests: readonly { name: string; passed: boolean }[]
  /** Lines of the contracts (not of tests) that were never reached, as `file:line`. */
  readonly unreached: readonly string[]
  /** How many lines were. */
  readonly reached: number
  /** Outcomes of decisions in the contracts that never came about. */
  readonly untaken: readonly string[]
  /** How many outcomes came about. */
  readonly taken: number
  /** What went through under the invariants, in all their runs: how often. */
  readonly wentThrough: Readonly<Record<string, number>>
  readonly said: string
}

/** Where the copies are that tell of each decision, from the top of the project; other runs of tests leave it alone. */
export const markedFolder = 'tests/.tmp/hardhat/marked'

/** hardhat.config.ts lets the tests write there and nowhere else. */
const invariantsFile = join(projectFolder, 'tests/.tmp/invariants.txt')

/**
 * Runs the tests written in Solidity by Hardhat's own runner, over copies of the contracts in which each decision goes
 * through a line of its own for each outcome, since the runner sees lines only.
 */
export async function runSolidityTests(): Promise<SolidityRun> {
  await ensureChainPlatform()
  const outcomes = await writeMarked()
  await rm(invariantsFile, { force: true })
  const said = await run([
    'node_modules/hardhat/dist/src/cli.js',
    'test',
    'solidity',
    '--coverage',
    '--config',
    'tests/contracts/branches.config.ts',
  ])
  const tests = [...said.matchAll(/^ +(✔|\d+\)) (\w+)\(/gm)].map(([, mark, name]) => ({
    name: name!,
    passed: mark === '✔',
  }))
  // Hardhat writes it there and nowhere else.
  const folder = join(projectFolder, 'coverage')
  const lines = readLines(await readFile(join(folder, 'lcov.info'), 'utf8').catch(() => fail(said)))
  await rm(folder, { recursive: true })
  const own = lines.filter(({ file }) => !file.endsWith(libraryFile))
  const unreached = own.filter(({ times }) => times === 0).map(({ file, line }) => `${file}:${line}`)
  const known = new Map(
    lines.filter(({ file }) => file.endsWith(libraryFile)).map(({ line, times }) => [line, times]),
  )
  const untaken = outcomes.filter(({ line }) => !known.get(line)).map(({ what }) => what)
  return {
    tests,
    said,
    unreached,
    reached: own.length - unreached.length,
    untaken,
    taken: outcomes.length - untaken.length,
    wentThrough: addUp(await readFile(invariantsFile, 'utf8')),
  }
}

/** Writes the marked contracts and, beside them, the tests. */
async function writeMarked() {
  const folder = join(projectFolder, markedFolder)
  const contracts = join(projectFolder, 'contracts')
  const files = (await readdir(contracts)).filter((file) => file.endsWith('.sol'))
  const read = async (file: string) => [file, await readFile(join(contracts, file), 'utf8')] as const
  const { sources, library, outcomes } = markBranches(new Map(await Promise.all(files.map(read))))
  for (const part of ['contracts', 'tests']) await rm(join(folder, part), { recursive: true, force: true })
  await mkdir(join(folder, 'contracts'), { recursive: true })
  for (const [file, text] of [...sources, [libraryFile, library] as const]) {
    await writeFile(join(folder, 'contracts', file), text)
  }
  await cp(import.meta.dirname, join(folder, 'tests/contracts'), {
    recursive: true,
    filter: (path) => path === import.meta.dirname || path.endsWith('.sol'),
  })
  return outcomes
}

/** Of lines such as `anchored 3 changed 1`, the sum of each. */
function addUp(lines: string): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [, what, count] of lines.matchAll(/(\w+) (\d+)/g))
    sums[what!] = (sums[what!] ?? 0) + Number(count)
  return sums
}

function fail(said: string): never {
  throw new Error(`Hardhat ran no tests:\n${said}`)
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
