import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { addressOfKey } from '../anchor/anchor-message.ts'
import { readNamedFile } from '../command-line.ts'
import {
  formatSignerKey,
  formatVerifierKey,
  keyTypes,
  makeSignerKey,
  parseSignerKey,
  type SignerKey,
} from '../proofs/note.ts'

/** A witness's two keys: one for notes, one for the chain. Both are secret. */
export interface WitnessKeys {
  /** Ed25519, for C2SP tlog-cosignature v1. */
  readonly note: SignerKey
  /** secp256k1, 32 bytes as `0x` and hexadecimal digits. */
  readonly chain: string
}

const comment = '# The keys of a Tallystick witness: for notes, for the chain. Keep them secret.'

/** Makes a key file that only its owner can read. Throws where the file is there already: no key is ever replaced. */
export async function makeKeyFile(path: string, name: string): Promise<WitnessKeys> {
  const keys = {
    note: makeSignerKey(name, keyTypes.cosignature, randomBytes(32)),
    chain: `0x${randomBytes(32).toString('hex')}`,
  }
  const text = `${comment}\n${formatSignerKey(keys.note)}\n${keys.chain}\n`
  await writeFile(path, text, { mode: 0o600, flag: 'wx', flush: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
      throw new Error(`${path} is there already, and keys are never written over. Name another file.`)
    },
  )
  return keys
}

/** Reads a key file; throws, saying what to do, where it isn't one. */
export async function readKeyFile(path: string): Promise<WitnessKeys> {
  const lines = (await readNamedFile(path))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const [skey = '', chain = '', ...more] = lines
  try {
    const note = parseSignerKey(skey)
    if (note.type !== keyTypes.cosignature || more.length > 0) throw new Error('It is of another kind.')
    addressOfKey(chain)
    return { note, chain }
  } catch (error) {
    throw new Error(`${path} is no key file of a witness. Make one with --new-key.`, { cause: error })
  }
}

/** What the operator of the network needs to know of a witness: its vkey, and its address on chain. */
export function presentKeys(keys: WitnessKeys): { vkey: string; chainAddress: string } {
  return { vkey: formatVerifierKey(keys.note), chainAddress: addressOfKey(keys.chain) }
}
