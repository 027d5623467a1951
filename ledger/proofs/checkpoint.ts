import { fromBase64, parseCount, toBase64 } from './bytes.ts'
import { ProofError } from './errors.ts'
import { hashBytes } from './merkle.ts'
import { formatNote, parseNote, signNote, type Note, type SignerKey } from './note.ts'

// C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint).

/** What a log's tree was: its origin, the number of leaves (below 2^53) and the root (32 bytes). */
export type Checkpoint = { origin: string; size: number; root: Uint8Array }
/** A checkpoint with the note that it was read from. */
export type SignedCheckpoint = Checkpoint & { note: Note }

/** The text that is signed. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`
}

/** The checkpoint as a note, signed by the log. The key's name is to be the origin. */
export function signCheckpoint(checkpoint: Checkpoint, key: SignerKey): string {
  const text = formatCheckpoint(checkpoint)
  return formatNote({ text, signatures: [signNote(text, key)] })
}

/**
 * Reads a checkpoint without judging its signatures; throws `note_malformed` or `checkpoint_malformed`. Lines of
 * extensions are passed over; they stay in the note's text, which is what is signed.
 */
export function parseCheckpoint(note: string | Uint8Array): SignedCheckpoint {
  const parsed = parseNote(note)
  return { ...parseCheckpointText(parsed.text), note: parsed }
}

/** Reads the text of a checkpoint (that part of the note which is signed); throws `checkpoint_malformed`. */
export function parseCheckpointText(text: string): Checkpoint {
  const [origin = '', count = '', encoded = '', ...more] = text.split('\n')
  const size = parseCount(count)
  const root = decode(encoded)
  if (more.pop() !== '' || more.includes('')) throw malformed('its lines are not whole')
  if (origin === '') throw malformed('it has no origin')
  if (size === null) throw malformed('its size is no number below 2^53')
  if (root?.length !== hashBytes) throw malformed('its root is not 32 bytes in base64')
  return { origin, size, root }
}

function decode(encoded: string): Uint8Array | null {
  try {
    return fromBase64(encoded)
  } catch {
    return null
  }
}

function malformed(reason: string): ProofError {
  return new ProofError('checkpoint_malformed', `This is no checkpoint: ${reason}.`)
}
