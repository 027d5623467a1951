import { Wallet, type TransactionLike } from 'ethers'
import { readBlock, type Chain } from './chain.ts'

/** A transaction that has not been mined so long after it was sent is sent again with higher fees. */
export const resendAfterMs = 3 * 60_000
/** Each time by a quarter, up to ten times what the chain asks for. */
const raisePercent = 125n
const raiseCountMax = 10

/** The account that pays, and what this process knows of its last transaction. One at a time is under way. */
export interface Sender {
  readonly wallet: Wallet
  /** The transaction with this nonce was first seen to be under way at that time (ms), and so often sent with more. */
  underWay: { nonce: number; since: number; raises: number } | null
}

/** `key`: 32 bytes as `0x` and hexadecimal digits. */
export function createSender(key: string): Sender {
  return { wallet: new Wallet(key), underWay: null }
}

/**
 * Sends a call to a contract, unless one of this account's is under way: whoever sent that, for whatever. One that waits
 * too long is replaced, nonce for nonce, so that nothing stands in the way for ever; of several processes with this key
 * one gets through. Answers the transaction's hash, or null where none was sent this time.
 * @throws what the chain refused, `INSUFFICIENT_FUNDS` for one
 */
export async function sendCall(
  chain: Chain,
  sender: Sender,
  { chainId, to, data, now }: { chainId: bigint; to: string; data: string; now: number },
): Promise<string | null> {
  const [mined, known] = await Promise.all([
    countSent(chain, sender, 'latest'),
    countSent(chain, sender, 'pending'),
  ])
  const last = sender.underWay?.nonce === mined ? sender.underWay : null
  if (known > mined) {
    sender.underWay = last ?? { nonce: mined, since: now, raises: 0 }
    if (now - sender.underWay.since < resendAfterMs) return null
    sender.underWay = {
      nonce: mined,
      since: now,
      raises: Math.min(sender.underWay.raises + 1, raiseCountMax),
    }
  } else {
    // What the node has forgotten may be sent again at once: it has the same nonce.
    sender.underWay = { nonce: mined, since: now, raises: last?.raises ?? 0 }
  }
  try {
    const gas = BigInt(
      (await chain.send('eth_estimateGas', [{ from: sender.wallet.address, to, data }, 'latest'])) as string,
    )
    const raw = await sender.wallet.signTransaction({
      chainId,
      nonce: mined,
      to,
      data,
      gasLimit: (gas * 12n) / 10n,
      ...(await readFees(chain, sender.underWay.raises)),
    })
    return (await chain.send('eth_sendRawTransaction', [raw])) as string
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string }
    // Another process with this key was quicker, or the one under way pays more than we knew.
    if (overtaken.codes.has(code ?? '') || overtaken.words.test(message ?? '')) return null
    if (code === 'INSUFFICIENT_FUNDS' || /insufficient funds|enough funds/i.test(message ?? '')) {
      throw new Error(
        `The account ${sender.wallet.address} (ANCHOR_KEY) can't pay for an anchor. Send it money.`,
        { cause: error },
      )
    }
    throw error
  }
}

/** How nodes say that a transaction is known, or that one with its nonce is, which pays as much. */
const overtaken = {
  codes: new Set(['NONCE_EXPIRED', 'REPLACEMENT_UNDERPRICED']),
  words: /\bknown\b|nonce too low|already imported|underpriced/i,
}

async function countSent(chain: Chain, { wallet }: Sender, at: 'latest' | 'pending'): Promise<number> {
  return Number((await chain.send('eth_getTransactionCount', [wallet.address, at])) as string)
}

/** Fees that get a transaction into one of the next blocks, raised so often. */
async function readFees(chain: Chain, raises: number): Promise<TransactionLike> {
  const raise = (fee: bigint) => (fee * raisePercent ** BigInt(raises)) / 100n ** BigInt(raises)
  const baseFee = (await readBlock(chain, 'latest'))?.baseFee ?? null
  if (baseFee === null) {
    return { type: 0, gasPrice: raise(BigInt((await chain.send('eth_gasPrice', [])) as string)) }
  }
  const tip = raise(BigInt((await chain.send('eth_maxPriorityFeePerGas', [])) as string))
  // Twice the base fee: it rises by an eighth a block at most.
  return { type: 2, maxPriorityFeePerGas: tip, maxFeePerGas: raise(2n * baseFee) + tip }
}
