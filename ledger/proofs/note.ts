import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { equalBytes, fromBase64, fromUtf8, toBase64, toUtf8 } from './bytes.ts'
import { ProofError } from './errors.ts'

// C2SP signed-note (https://c2sp.org/signed-note), with Ed25519 alone.

/** Signature types that this code knows: a log's own signature, and a witness's `cosignature/v1`. */
export const keyTypes = { ed25519: 0x01, cosignature: 0x04 } as const
export type KeyType = (typeof keyTypes)[keyof typeof keyTypes]

/** A public key: what a vkey says. `publicKey` has 32 bytes. */
export type VerifierKey = { name: string; type: KeyType; publicKey: Uint8Array; keyId: number }
/** A private key: what an skey says. `seed` has 32 bytes (RFC 8032 section 5.1.5) and is secret. */
export type SignerKey = VerifierKey & { seed: Uint8Array }

/** A signature line: who signed, and the bytes after the key id. */
export type NoteSignature = { name: string; keyId: number; signature: Uint8Array }
/** `text` ends in a newline and is what signatures are over; every signature line is kept, known or not. */
export type Note = { text: string; signatures: readonly NoteSignature[] }

/** Longest note and most signatures that are read: far more than any honest note has. */
const noteLengthMax = 1_000_000
const signatureCountMax = 100
const privatePrefix = 'PRIVATE+KEY+'

/** The key of a seed (32 bytes). Throws `key_malformed` for a name that no key may have. */
export function makeSignerKey(name: string, type: KeyType, seed: Uint8Array): SignerKey {
  if (!isKeyName(name)) throw new ProofError('key_malformed', `No key may be named ${JSON.stringify(name)}.`)
  if (seed.length !== 32) throw new ProofError('key_malformed', 'The seed of a key has 32 bytes.')
  const publicKey = ed25519.getPublicKey(seed)
  return { name, type, seed, publicKey, keyId: keyIdOf(name, type, publicKey) }
}

/** The public half, as all may know it: `<name>+<key id in hex>+<base64(type ‖ public key)>`. */
export function formatVerifierKey({ name, type, publicKey, keyId }: VerifierKey): string {
  return `${name}+${hexOf(keyId)}+${toBase64(Uint8Array.of(type, ...publicKey))}`
}

/** Secret: `PRIVATE+KEY+<name>+<key id in hex>+<base64(type ‖ seed)>`, as golang.org/x/mod/sumdb/note writes it. */
export function formatSignerKey({ name, type, seed, keyId }: SignerKey): string {
  return `${privatePrefix}${name}+${hexOf(keyId)}+${toBase64(Uint8Array.of(type, ...seed))}`
}

/** Reads a vkey; throws `key_malformed` unless all of it fits together. */
export function parseVerifierKey(vkey: string): VerifierKey {
  const { name, keyId, type, material } = readKey(vkey)
  if (keyIdOf(name, type, material) !== keyId)
    throw new ProofError('key_malformed', 'The key id is not of this key.')
  return { name, type, keyId, publicKey: material }
}

/** Reads an skey; throws `key_malformed` unless all of it fits together. */
export function parseSignerKey(skey: string): SignerKey {
  const text = skey.trim()
  if (!text.startsWith(privatePrefix))
    throw new ProofError('key_malformed', 'A private key begins PRIVATE+KEY+.')
  const { name, keyId, type, material } = readKey(text.slice(privatePrefix.length))
  const key = makeSignerKey(name, type, material)
  if (key.keyId !== keyId) throw new ProofError('key_malformed', 'The key id is not of this key.')
  return key
}

/** Reads a note without judging its signatures; throws `note_malformed`. */
export function parseNote(note: string | Uint8Array): Note {
  const whole = typeof note === 'string' ? note : fromUtf8(note)
  if (whole === null || !whole.isWellFormed()) throw malformed('It is not UTF-8.')
  if (whole.length > noteLengthMax) throw malformed('It is too long.')
  // oxlint-disable-next-line no-control-regex -- the format forbids them
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) throw malformed('It has control characters.')
  const end = whole.lastIndexOf('\n\n')
  if (end < 0) throw malformed('No blank line parts the text from the signatures.')
  const lines = whole.slice(end + 2).split('\n')
  if (lines.pop() !== '' || lines.length === 0) throw malformed('It does not end in whole signature lines.')
  if (lines.length > signatureCountMax) throw malformed(`It has more than ${signatureCountMax} signatures.`)
  return { text: whole.slice(0, end + 1), signatures: lines.map(parseSignatureLine) }
}

/** The note as text, its signatures in the order given. */
export function formatNote({ text, signatures }: Note): string {
  return `${text}\n${signatures.map(formatSignatureLine).join('')}`
}

/** One signature line, with its newline. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  const bytes = new Uint8Array(4 + signature.length)
  new DataView(bytes.buffer).setUint32(0, keyId)
  bytes.set(signature, 4)
  return `— ${name} ${toBase64(bytes)}\n`
}

/** Reads one signature line, without its newline; throws `note_malformed`. */
export function parseSignatureLine(line: string): NoteSignature {
  const [dash, name, encoded, ...more] = line.split(' ')
  if (dash !== '—' || name === undefined || encoded === undefined || more.length > 0 || !isKeyName(name)) {
    throw malformed('A signature line is not "— name base64".')
  }
  const bytes = decodeOr(encoded, malformed('A signature is not base64.'))
  if (bytes.length < 5) throw malformed('A signature is too short.')
  return { name, keyId: new DataView(bytes.buffer).getUint32(0), signature: bytes.slice(4) }
}

/** Ed25519 (RFC 8032) over some bytes by the key of a seed. Servers may pass a faster one than the default. */
export type Sign = (bytes: Uint8Array, seed: Uint8Array) => Uint8Array

/** Signs the text (which ends in a newline) with an Ed25519 note signature. */
export function signNote(text: string, key: SignerKey, sign: Sign = ed25519.sign): NoteSignature {
  return { name: key.name, keyId: key.keyId, signature: sign(toUtf8(text), key.seed) }
}

/**
 * Whether this key signed the note. A signature that bears the key's name and id but isn't its own spoils the whole
 * note, as signed-note says it should: throws `signature_wrong`.
 */
export function verifyNote(note: Note, key: VerifierKey): boolean {
  const own = signaturesBy(note, key)
  const text = toUtf8(note.text)
  for (const { signature } of own) {
    if (!verifyEd25519(signature, text, key.publicKey)) throw wrongSignature(key)
  }
  return own.length > 0
}

/** The signatures that bear the key's name and id; whether they are right is yet to be seen. */
export function signaturesBy(note: Note, { name, keyId }: VerifierKey): NoteSignature[] {
  return note.signatures.filter((signature) => signature.name === name && signature.keyId === keyId)
}

/** Ed25519 (RFC 8032), false for anything malformed. */
export function verifyEd25519(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false })
  } catch {
    return false
  }
}

export function wrongSignature({ name }: VerifierKey): ProofError {
  return new ProofError('signature_wrong', `A signature in the name of ${name} is not by that key.`)
}

/** The first four bytes of SHA-256(name ‖ newline ‖ type ‖ public key), big-endian. */
function keyIdOf(name: string, type: KeyType, publicKey: Uint8Array): number {
  const hash = sha256(Uint8Array.of(...toUtf8(`${name}\n`), type, ...publicKey))
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0)
}

function readKey(key: string): { name: string; keyId: number; type: KeyType; material: Uint8Array } {
  const fault = new ProofError('key_malformed', 'This is no key: see https://c2sp.org/signed-note.')
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(key) ?? []
  if (!isKeyName(name)) throw fault
  const [type, ...material] = decodeOr(encoded, fault)
  const known = Object.values(keyTypes).find((known) => known === type)
  if (known === undefined || material.length !== 32) throw fault
  return { name, keyId: Number.parseInt(id, 16), type: known, material: Uint8Array.from(material) }
}

/** Whether both are the same key, whatever their names. */
export function sameKey(one: VerifierKey, other: VerifierKey): boolean {
  return equalBytes(one.publicKey, other.publicKey)
}

/** Not empty, no Unicode space, no plus. */
function isKeyName(name: string): boolean {
  // oxlint-disable-next-line no-control-regex -- a key's name stands in a note, which forbids them
  return name !== '' && name.isWellFormed() && !/[\s\u0000-\u001f\u0085+]/u.test(name)
}

function hexOf(keyId: number): string {
  return keyId.toString(16).padStart(8, '0')
}

function decodeOr(encoded: string, fault: ProofError): Uint8Array {
  try {
    return fromBase64(encoded)
  } catch {
    throw fault
  }
}

function malformed(reason: string): ProofError {
  return new ProofError('note_malformed', `This is no signed note: ${reason}`)
}
