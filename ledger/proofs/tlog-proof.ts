import { fromBase64, fromUtf8, parseCount, toBase64 } from './bytes.ts'
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { ProofError } from './errors.ts'
import { hashBytes } from './merkle.ts'
import { formatNote } from './note.ts'

// C2SP tlog-proof (https://c2sp.org/tlog-proof).

const header = 'c2sp.org/tlog-proof@v1'
/** A proof in a tree of less than 2^64 leaves is no longer. */
const pathLengthMax = 64

/** `extra` is not authenticated by the format; receipts carry the entry in it (see `receipt.ts`). */
export type TlogProof = {
  extra: Uint8Array | null
  index: number
  path: readonly Uint8Array[]
  checkpoint: SignedCheckpoint
}

/** The proof as text. */
export function formatTlogProof({ extra, index, path, checkpoint }: TlogProof): string {
  const lines = [
    header,
    ...(extra ? [`extra ${toBase64(extra)}`] : []),
    `index ${index}`,
    ...path.map(toBase64),
  ]
  return `${lines.join('\n')}\n\n${formatNote(checkpoint.note)}`
}

/** Reads a proof without judging it; throws `proof_malformed`, `note_malformed` or `checkpoint_malformed`. */
export function parseTlogProof(proof: string | Uint8Array): TlogProof {
  const text = typeof proof === 'string' ? proof : fromUtf8(proof)
  if (text === null) throw malformed('it is not UTF-8')
  const end = text.indexOf('\n\n')
  if (end < 0) throw malformed('no blank line parts the proof from its checkpoint')
  const [first, ...lines] = text.slice(0, end).split('\n')
  if (first !== header) throw malformed(`it does not begin ${header}`)
  const extra = lines[0]?.startsWith('extra ') ? decode(lines.shift() ?? '', 'extra ') : null
  const index = lines[0]?.startsWith('index ') ? parseCount(lines[0].slice('index '.length)) : null
  if (index === null) throw malformed('it has no index')
  const path = lines.slice(1).map((line) => decode(line, ''))
  if (path.length > pathLengthMax || !path.every(({ length }) => length === hashBytes)) {
    throw malformed('its hashes are not 32 bytes each')
  }
  return { extra, index, path, checkpoint: parseCheckpoint(text.slice(end + 2)) }
}

function decode(line: string, prefix: string): Uint8Array {
  try {
    return fromBase64(line.slice(prefix.length))
  } catch {
    throw malformed('a line is not base64')
  }
}

function malformed(reason: string): ProofError {
  return new ProofError('proof_malformed', `This is no tlog-proof: ${reason}.`)
}
