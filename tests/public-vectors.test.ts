import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { projectFolder } from './support/server.ts'

const run = promisify(execFile)
const vectors = join(projectFolder, '../shared/vectors')

/** The last line that a program of ours prints. */
async function lastLine(program: string, ...files: string[]): Promise<string | undefined> {
  const paths = files.map((file) => join(vectors, file))
  const { stdout } = await run(process.execPath, [join(projectFolder, program), ...paths])
  return stdout.trim().split('\n').at(-1)
}

test('the scenarios of ledger commands that others gave play as they say', async () => {
  expect(await lastLine('tests/scenarios/main.ts', 'ledger-scenarios.json')).toMatch(
    /^[1-9]\d* passed, 0 failed$/,
  )
})

test('the verifier of Merkle proofs judges the vectors that others gave as they say', async () => {
  // All of the folder, as a shell writes `*.json` out: scenarios are no vectors, and are left out.
  const files = ['ledger-scenarios.json', 'rfc6962-consistency.json', 'rfc6962-inclusion.json']
  expect(await lastLine('tests/vectors/main.ts', ...files)).toMatch(/^[1-9]\d* passed, 0 failed$/)
})
