import { readNamedJson } from '../../ledger/command-line.ts'
import { createLedger } from '../../ledger/index.ts'
import { startScratch, testPool } from '../support/scratch.ts'
import { testSecret } from '../support/stage.ts'
import { playScenario, type Scenario } from './play.ts'

// `npm run -s scenarios -- FILE…`: plays each scenario of the files against the real ledger, on a PostgreSQL of its own.
const files = process.argv.slice(2)
if (files.length === 0) {
  console.error('Name one file of scenarios at least: npm run -s scenarios -- FILE…')
  process.exit(2)
}
const scenarios: Scenario[] = []
for (const file of files) {
  const read: unknown = await readNamedJson(file, JSON.parse).catch((error: Error) => error)
  if (!Array.isArray(read)) {
    console.error(read instanceof Error ? read.message : `${file} holds no list of scenarios.`)
    process.exit(2)
  }
  scenarios.push(...(read as Scenario[]))
}

const scratch = await startScratch()
const admin = testPool(scratch.adminUrl)
const pool = testPool(scratch.adminUrl, 'tally_api')
const ledger = createLedger({ pool, secret: testSecret })
let failed = 0
try {
  for (const scenario of scenarios) {
    const difference = await playScenario(ledger, admin, scenario).catch(
      (error: unknown) => `can't be played: ${error}`,
    )
    if (difference === null) continue
    failed++
    console.log(`${scenario.name}: ${difference}`)
  }
} finally {
  await pool.end()
  await admin.end()
  await scratch.stop()
}
console.log(`${scenarios.length - failed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
