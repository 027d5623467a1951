import { readNamedJson } from '../../ledger/command-line.ts'
import { isScenario, readVectors, tryVector } from './vector.ts'

// `npm run -s vectors -- FILE…`: tries the project's own verifier of Merkle proofs on each vector of the files.
const files = process.argv.slice(2)
if (files.length === 0) {
  console.error('Name one file of vectors at least: npm run -s vectors -- FILE…')
  process.exit(2)
}
let passed = 0
let failed = 0
for (const file of files) {
  const vectors = await readNamedJson(file, readVectors).catch((error: Error) => {
    console.error(error.message)
    process.exit(2)
  })
  if (vectors.length > 0 && vectors.every(isScenario)) {
    console.error(`${file} holds scenarios, no vectors: npm run -s scenarios -- ${file}`)
    continue
  }
  for (const [at, vector] of vectors.entries()) {
    const difference = tryVector(vector)
    if (difference === null) {
      passed++
      continue
    }
    failed++
    console.log(`${file} [${at}] ${vector.name ?? ''} ${vector.desc ?? ''}: ${difference}`)
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
