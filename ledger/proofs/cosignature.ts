import { ed25519 } from '@noble/curves/ed25519.js'
import { toUtf8 } from './bytes.ts'
import {
  signaturesBy,
  verifyEd25519,
  wrongSignature,
  type Note,
  type NoteSignature,
  type SignerKey,
  type VerifierKey,
} from './note.ts'

// C2SP tlog-cosignature (https://c2sp.org/tlog-cosignature), `cosignature/v1` with Ed25519.

const timestampBytes = 8
const signatureBytes = 64

/** A witness's signature over a checkpoint's text. `at` is in whole seconds since 1970 (POSIX). */
export function cosign(text: string, key: SignerKey, at: number): NoteSignature {
  const signature = new Uint8Array(timestampBytes + signatureBytes)
  new DataView(signature.buffer).setBigUint64(0, BigInt(at))
  signature.set(ed25519.sign(messageOf(text, at), key.seed), timestampBytes)
  return { name: key.name, keyId: key.keyId, signature }
}

/**
 * When this witness cosigned the note (seconds since 1970, the newest of its cosignatures), or null when it didn't.
 * A cosignature that bears its name and key id but isn't its own spoils the note: throws `signature_wrong`.
 */
export function verifyCosignature(note: Note, key: VerifierKey): number | null {
  const times = signaturesBy(note, key).map((signature) => {
    const at = timeOf(signature)
    if (at === null) throw wrongSignature(key)
    const own = signature.signature.slice(timestampBytes)
    if (!verifyEd25519(own, messageOf(note.text, at), key.publicKey)) throw wrongSignature(key)
    return at
  })
  return times.length === 0 ? null : Math.max(...times)
}

function timeOf({ signature }: NoteSignature): number | null {
  if (signature.length !== timestampBytes + signatureBytes) return null
  const at = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0))
  return Number.isSafeInteger(at) ? at : null
}

function messageOf(text: string, at: number): Uint8Array {
  return toUtf8(`cosignature/v1\ntime ${at}\n${text}`)
}
