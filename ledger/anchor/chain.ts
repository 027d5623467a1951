import { FetchRequest, JsonRpcProvider, Network } from 'ethers'

/** Of one question to a chain's node, in milliseconds. */
const answerLimitMs = 20_000

/** What a node answered instead, or why it didn't. Its message names no address: those may hold a customer's key. */
export class ChainError extends Error {
  override readonly name = 'ChainError'
  /** ethers' code or the system's, such as `NONCE_EXPIRED`, `TIMEOUT` or `ECONNREFUSED`. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** A chain's node: Ethereum JSON-RPC. */
export interface Chain {
  /** @throws ChainError */
  send(method: string, params: readonly unknown[]): Promise<unknown>
  close(): void
}

/** Opens a connection to nothing yet: a node that is down is heard of at the first question, and at each anew. */
export function openChain(rpcUrl: string): Chain {
  const request = new FetchRequest(rpcUrl)
  request.timeout = answerLimitMs
  // Which chain it is, each user asks: no question of the library's own, which would be repeated for ever.
  const network = Network.from(1)
  const provider = new JsonRpcProvider(request, network, { staticNetwork: network, batchMaxCount: 1 })
  return {
    send: (method, params) =>
      provider.send(method, [...params]).catch((error: unknown) => {
        throw toChainError(method, error)
      }) as Promise<unknown>,
    close: () => provider.destroy(),
  }
}

function toChainError(method: string, error: unknown): ChainError {
  const { code, error: answer, shortMessage, message } = error as EthersError
  const said = answer?.message ?? shortMessage ?? message ?? String(error)
  return new ChainError(code ?? 'UNKNOWN_ERROR', `The chain's node did not answer ${method}: ${said}`)
}

/** What ethers and Node throw; `error` is what the node answered. */
interface EthersError {
  readonly code?: string
  readonly error?: { readonly message?: string }
  readonly shortMessage?: string
  readonly message?: string
}

/** EIP-155. */
export async function readChainId(chain: Chain): Promise<bigint> {
  return BigInt((await chain.send('eth_chainId', [])) as string)
}

/** What we read of a block's header. */
export interface Block {
  readonly number: bigint
  /** `0x` and hexadecimal digits. */
  readonly hash: string
  /** Null on chains from before EIP-1559. */
  readonly baseFee: bigint | null
}

/** Null where the chain has no such block, or the node doesn't know the tag. */
export async function readBlock(chain: Chain, which: bigint | 'latest' | 'finalized'): Promise<Block | null> {
  const named = typeof which === 'bigint' ? quantity(which) : which
  const block = (await chain.send('eth_getBlockByNumber', [named, false])) as {
    number: string
    hash: string
    baseFeePerGas?: string
  } | null
  return (
    block && {
      number: BigInt(block.number),
      hash: block.hash,
      baseFee: block.baseFeePerGas === undefined ? null : BigInt(block.baseFeePerGas),
    }
  )
}

/** When an anchor counts: so many blocks deep, its own counted, or when the chain says that it stays. */
export type Confirmations = number | 'finalized'

/**
 * The newest block whose anchors count; null while there is none.
 * @throws where the node doesn't know what is final
 */
export async function readSettledBlock(chain: Chain, confirmations: Confirmations): Promise<Block | null> {
  if (confirmations === 'finalized') {
    const block = await readBlock(chain, 'finalized')
    if (block) return block
    throw new Error(
      'This chain does not say which blocks are final. Set ANCHOR_CONFIRMATIONS to a number of blocks.',
    )
  }
  const latest = await readBlock(chain, 'latest')
  const number = (latest?.number ?? -1n) - BigInt(confirmations) + 1n
  return number < 0n ? null : readBlock(chain, number)
}

/** A number as JSON-RPC wants it. */
export function quantity(number: bigint): string {
  return `0x${number.toString(16)}`
}
