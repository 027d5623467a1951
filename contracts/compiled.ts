import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compileContracts, type CompiledContract } from './chain.ts'

// The compiled contract is part of the project, so that whoever deploys it or asks it needs no compiler; a test says
// that it is what the compiler makes of the source.
const file = join(import.meta.dirname, 'checkpoint-anchor.json')

/** The compiled CheckpointAnchor, as it is kept. */
export async function readCheckpointAnchor(): Promise<CompiledContract> {
  return JSON.parse(await readFile(file, 'utf8')) as CompiledContract
}

/** Compiles the contract and keeps the result. */
export async function keepCheckpointAnchor(): Promise<void> {
  const read = await compileContracts()
  await writeFile(file, `${JSON.stringify(await read('CheckpointAnchor'), null, 1)}\n`)
}
