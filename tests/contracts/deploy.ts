import { ContractFactory, JsonRpcProvider, Network, NonceManager, Wallet, type Contract } from 'ethers'
import { compileContracts } from '../../contracts/chain.ts'
import type { CompiledContract } from '../../contracts/compiled.ts'
import type { ReadNodes } from '../../ledger/proofs/prove.ts'
import { hashChildren } from '../../ledger/proofs/merkle.ts'

/** Hardhat's chain, unless told otherwise. */
export const testChainId = 31337n

/** The first of Hardhat's known accounts, which has all the money it wants. */
export const richKey = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'

/** A connection that asks anew each time, and for each question by itself. Whoever makes one destroys it. */
export function connect(rpcUrl: string): JsonRpcProvider {
  const network = Network.from(testChainId)
  return new JsonRpcProvider(rpcUrl, network, {
    staticNetwork: network,
    batchMaxCount: 1,
    cacheTimeout: -1,
    pollingInterval: 50,
  })
}

let compiling: ReturnType<typeof compileContracts> | null = null

/** The compiled contracts by name, ours and the tests'; compiled once. */
export async function readCompiled(name: string): Promise<CompiledContract> {
  compiling ??= compileContracts()
  const read = await compiling
  return read(name)
}

/** Deploys a contract of ours or of the tests, by name, as the rich account. */
export async function deploy(
  provider: JsonRpcProvider,
  name: string,
  args: readonly unknown[] = [],
): Promise<Contract> {
  const { abi, bytecode } = await readCompiled(name)
  const factory = new ContractFactory(abi, bytecode, new NonceManager(new Wallet(richKey, provider)))
  const contract = await factory.deploy(...args)
  await contract.waitForDeployment()
  return contract as Contract
}

/** Test witnesses' keys, in ascending order of their addresses. */
export function witnessKeys(count: number, first = 1): string[] {
  return Array.from({ length: count }, (_, i) => `0x${(first + i).toString(16).padStart(64, '0')}`)
    .map((key) => ({ key, address: BigInt(new Wallet(key).address) }))
    .toSorted((a, b) => (a.address < b.address ? -1 : 1))
    .map(({ key }) => key)
}

/** A tree of any size whose leaves are all the same: a level has one hash, so that nothing need be stored. */
export function uniformTree(leaf: Uint8Array): ReadNodes {
  const levels = [leaf]
  return async (nodes) =>
    nodes.map(({ level }) => {
      for (let top = levels.at(-1)!; levels.length <= level; levels.push(top)) top = hashChildren(top, top)
      return levels[level]!
    })
}
