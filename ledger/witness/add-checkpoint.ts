import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { checkpointPath } from '../log/checkpoint-path.ts'
import { fromBase64, parseCount } from '../proofs/bytes.ts'
import { parseCheckpoint, type SignedCheckpoint } from '../proofs/checkpoint.ts'
import { ProofError } from '../proofs/errors.ts'
import { ForkSeen } from './memory.ts'
import {
  cosignAgain,
  cosignAndRemember,
  demandSignature,
  lastSeen,
  onlyAdds,
  refuseSameSizeFork,
  type Witness,
} from './witness.ts'

// C2SP tlog-witness (https://c2sp.org/tlog-witness): a log, or anyone, brings a checkpoint and its proof.

const bodyBytesMax = 64 * 1024
const proofLengthMax = 63
const requestTimeoutMs = 10_000

/** An answer to `add-checkpoint`, ready to be sent. */
export type Answered = { readonly status: number; readonly type: string; readonly body: string }

/**
 * Answers one `add-checkpoint`: 200 with the signature's line; 400 for a body that is none; 404 for another log; 403
 * without its signature; 409 with the size last co-signed where the old size isn't that, or where the root is another
 * one; 422 for a proof that is none. Throws `ForkSeen`, with the evidence kept, for a second root of one size.
 */
export async function addCheckpoint(witness: Witness, body: string): Promise<Answered> {
  const asked = parseRequest(body)
  if (asked === null)
    return refusal(400, 'The body is no request of tlog-witness: see https://c2sp.org/tlog-witness.')
  if (asked.checkpoint.origin !== witness.log.name) {
    return refusal(404, `This witness follows ${witness.log.name} alone.`)
  }
  if (!isSigned(witness, asked)) return refusal(403, `${witness.log.name} has not signed this checkpoint.`)
  if (asked.oldSize > asked.checkpoint.size)
    return refusal(400, 'The old size is above that of the checkpoint.')
  return witness.inTurn(async () => {
    const known = lastSeen(witness)
    await refuseSameSizeFork(witness, known, asked.checkpoint)
    if (asked.oldSize !== known.size) return sizeConflict(known.size)
    if (!onlyAdds(known, asked.checkpoint, asked.proof)) {
      return refusal(
        422,
        `The proof does not show that the checkpoint contains the one of ${known.size} entries.`,
      )
    }
    return {
      status: 200,
      type: 'text/plain; charset=utf-8',
      body: await cosignAndRemember(witness, asked.checkpoint),
    }
  })
}

/**
 * Serves `POST /add-checkpoint`, and at `GET /<SHA-256 of the origin, hex>/checkpoint` (the address that C2SP tlog-mirror
 * has for it) the last checkpoint that was co-signed. `onFork`: the witness is to stop.
 */
export function serveWitness(witness: Witness, onFork: (fork: ForkSeen) => void): Server {
  const showLast = lastShower(witness)
  const limits = { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs }
  return createServer(limits, (req, res) => {
    void (req.url === checkpointPath(witness.log.name) ? showLast() : answer(witness, req))
      .catch((error: unknown) => {
        if (!(error instanceof ForkSeen)) throw error
        // Once what is said has been said, or the caller has hung up: who follows it ends the process.
        if (res.closed) onFork(error)
        else res.once('close', () => onFork(error))
        return refusal(409, error.message)
      })
      .catch(() =>
        refusal(500, 'The witness could not save what it has seen, and so signs nothing. Look at its disk.'),
      )
      .then((answered) => send(res, answered))
  })
}

async function answer(witness: Witness, req: IncomingMessage): Promise<Answered> {
  if (req.url !== '/add-checkpoint') return refusal(404, `This witness follows ${witness.log.name} alone.`)
  if (req.method !== 'POST') return refusal(405, 'Only POST is answered here.')
  const body = await readBody(req)
  return body === null
    ? refusal(413, `The body is larger than ${bodyBytesMax} bytes.`)
    : addCheckpoint(witness, body)
}

/** Shows the last checkpoint with a co-signature of this second: it is still the largest that was seen. */
function lastShower(witness: Witness): () => Promise<Answered> {
  let shown = { second: 0, last: '', line: '' }
  return () =>
    witness.inTurn(async () => {
      const last = witness.memory.last()
      if (last === null) return refusal(404, `No checkpoint of ${witness.log.name} was seen yet.`)
      const second = Math.floor(witness.now() / 1000)
      if (shown.second !== second || shown.last !== last) {
        shown = { second, last, line: await cosignAgain(witness, last) }
      }
      return { status: 200, type: 'text/plain; charset=utf-8', body: `${last}${shown.line}` }
    })
}

async function readBody(req: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

type Asked = { oldSize: number; proof: Uint8Array[]; checkpoint: SignedCheckpoint }

function parseRequest(body: string): Asked | null {
  const end = body.indexOf('\n\n')
  const [first = '', ...lines] = body.slice(0, Math.max(end, 0)).split('\n')
  const oldSize = first.startsWith('old ') ? parseCount(first.slice('old '.length)) : null
  if (oldSize === null || lines.length > proofLengthMax) return null
  try {
    return { oldSize, proof: lines.map(fromBase64), checkpoint: parseCheckpoint(body.slice(end + 2)) }
  } catch (error) {
    if (error instanceof ProofError) return null
    throw error
  }
}

function isSigned({ log }: Witness, { checkpoint }: Asked): boolean {
  try {
    demandSignature(log, checkpoint)
    return true
  } catch (error) {
    if (error instanceof ProofError) return false
    throw error
  }
}

function sizeConflict(size: number): Answered {
  return { status: 409, type: 'text/x.tlog.size', body: `${size}\n` }
}

function refusal(status: number, text: string): Answered {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n` }
}

function send(res: ServerResponse, { status, type, body }: Answered): void {
  res.writeHead(status, { 'content-type': type }).end(body)
}
