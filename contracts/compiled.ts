import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a compiler makes of a contract. */
export interface CompiledContract {
  // What an ABI holds is ethers' business.
  readonly abi: readonly object[]
  /** `0x` and hexadecimal digits. */
  readonly bytecode: string
}

/**
 * Where the compiled CheckpointAnchor is kept. It is part of the project, so that whoever deploys it needs no compiler; a
 * test says that it is what the compiler makes of the source.
 */
export const compiledFile = join(import.meta.dirname, 'checkpoint-anchor.json')

export async function readCheckpointAnchor(): Promise<CompiledContract> {
  return JSON.parse(await readFile(compiledFile, 'utf8')) as CompiledContract
}
