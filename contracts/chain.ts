import { ensureChainPlatform } from './chain-platform.ts'
import type { CompiledContract } from './compiled.ts'

/** A chain of one's own, on loopback, that mines a block for each transaction unless told otherwise. */
export interface Chain {
  readonly rpcUrl: string
  stop(): Promise<void>
}

/** Starts Hardhat's chain. `port` 0: any free one. Its accounts and their keys are Hardhat's known ones. */
export async function startChain(port = 0): Promise<Chain> {
  const { network } = await loadHardhat()
  const server = await network.createServer({ network: 'default' }, '127.0.0.1', port)
  const address = await server.listen()
  return { rpcUrl: `http://127.0.0.1:${address.port}`, stop: () => server.close() }
}

/** Compiles everything that changed, tests too, and answers how to read contracts by name. */
export async function compileContracts(): Promise<(name: string) => Promise<CompiledContract>> {
  const { tasks, artifacts } = await loadHardhat()
  await tasks.getTask('build').run({ quiet: true })
  return async (name) => {
    const { abi, bytecode } = await artifacts.readArtifact(name)
    return { abi, bytecode }
  }
}

/** Hardhat, by the configuration at the top of the project. */
async function loadHardhat() {
  await ensureChainPlatform()
  const { default: hardhat } = await import('hardhat')
  return hardhat
}
