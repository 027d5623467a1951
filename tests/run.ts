import { spawn } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

// `npm test`: format, lint, types, then every test; ends with a plain line `N passed, N failed`. A step that fails
// doesn't keep the next from running. Arguments go to vitest: `npm test -- tests/ledger`.
const temporary = join(import.meta.dirname, '.tmp')
const results = join(temporary, `results-${process.pid}.json`)
await mkdir(temporary, { recursive: true })

const steps = {
  format: ['prettier', '--check', '--log-level=warn', '.'],
  lint: ['oxlint', '--deny-warnings'],
  types: ['tsc', '--noEmit'],
  'types of the web apps': ['tsc', '--noEmit', '-p', 'clients/web'],
}
const failedSteps: string[] = []
for (const [step, command] of Object.entries(steps)) {
  console.log(`${step}: ${command.join(' ')}`)
  if (!(await succeeds(command))) failedSteps.push(step)
}
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]
const testsSucceeded = await succeeds(['vitest', 'run', ...reporters, ...process.argv.slice(2)])

const tests = await countTests()
// A file that can't be loaded, or a setup that fails, fails no test.
const failed = testsSucceeded ? 0 : Math.max(tests.failed, 1)
if (failedSteps.length > 0) console.log(`failed: ${failedSteps.join(', ')}`)
console.log(`${tests.passed} passed, ${failed + failedSteps.length} failed`)
process.exitCode = failed + failedSteps.length > 0 ? 1 : 0

function succeeds([program = '', ...args]: string[]): Promise<boolean> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { stdio: 'inherit' })
    child.once('error', fail).once('exit', (code) => done(code === 0))
  })
}

async function countTests(): Promise<{ passed: number; failed: number }> {
  const text = await readFile(results, 'utf8').catch(() => '{"numPassedTests":0,"numFailedTests":0}')
  await rm(results, { force: true })
  const { numPassedTests, numFailedTests } = JSON.parse(text) as Record<string, number>
  return { passed: numPassedTests ?? 0, failed: numFailedTests ?? 0 }
}
