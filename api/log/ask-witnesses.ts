import { get as getHttp } from 'node:http'
import { get as getHttps } from 'node:https'
import { askWitnesses, type Ledger, type SeenElsewhere } from '../../ledger/index.ts'
import { alwaysTo } from '../webhooks/send.ts'
import { resolveTarget, type TargetRules } from '../webhooks/target.ts'

const answerTimeoutMs = 5_000
const answerBytesMax = 64 * 1024

/** What witnesses who answer somewhere have seen of a log. `rules`: where the server may ask. */
export function seenByWitnesses(ledger: Ledger, rules: TargetRules): SeenElsewhere {
  return askWitnesses(ledger, (url) => fetchText(url, rules))
}

/** Reads text from a member's server; null for whatever is not an answer of 200 in good time. Follows no redirect. */
async function fetchText(url: string, rules: TargetRules): Promise<string | null> {
  try {
    const address = await resolveTarget(url, rules)
    return address && (await readText(url, address))
  } catch {
    return null
  }
}

function readText(url: string, address: string): Promise<string | null> {
  const get = url.startsWith('https:') ? getHttps : getHttp
  const options = {
    lookup: alwaysTo(address),
    agent: false,
    signal: AbortSignal.timeout(answerTimeoutMs),
  } as const
  return new Promise((done, failed) => {
    const asking = get(url, options, (answer) => {
      const chunks: Buffer[] = []
      let bytes = 0
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        bytes += chunk.length
        if (bytes > answerBytesMax) answer.destroy(new Error('too long'))
      })
      answer.on('error', failed)
      answer.on('end', () => done(answer.statusCode === 200 ? Buffer.concat(chunks).toString('utf8') : null))
    })
    asking.on('error', failed)
  })
}
