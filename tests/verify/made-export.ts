import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { signCheckpoint } from '../../ledger/proofs/checkpoint.ts'
import { cosign } from '../../ledger/proofs/cosignature.ts'
import { growTree, hashLeaf } from '../../ledger/proofs/merkle.ts'
import {
  formatNote,
  formatVerifierKey,
  keyTypes,
  makeSignerKey,
  parseNote,
  type SignerKey,
} from '../../ledger/proofs/note.ts'
import { parsePolicy, type Policy } from '../../ledger/proofs/policy.ts'
import type { HonestLog } from './honest-log.ts'

/** The files of an export by name; entries as lines. */
export interface ExportFiles {
  lines: string[]
  readonly files: Map<string, string>
}

const origin = 'tally.example.org/log/street'
const seed = (byte: number) => new Uint8Array(32).fill(byte)
/** The log's own key, and those of its two witnesses, both of whom the policy wants. */
export const keys = {
  log: makeSignerKey(origin, keyTypes.ed25519, seed(1)),
  first: makeSignerKey('first.example.org', keyTypes.cosignature, seed(2)),
  second: makeSignerKey('second.example.org', keyTypes.cosignature, seed(3)),
}

const policyText = [
  `log ${formatVerifierKey(keys.log)}`,
  `witness first ${formatVerifierKey(keys.first)}`,
  `witness second ${formatVerifierKey(keys.second)}`,
  'group both all first second',
  'quorum both',
  '',
].join('\n')

/** The auditor's own policy. */
export const auditorsPolicy: Policy = parsePolicy(policyText)

/** The note over the first `size` lines, signed by these keys. */
export function signLines(
  lines: readonly string[],
  size: number,
  {
    log = keys.log,
    witnesses = [keys.first, keys.second],
  }: { log?: SignerKey; witnesses?: SignerKey[] } = {},
): string {
  const tree = growTree()
  for (const line of lines.slice(0, size)) tree.append(hashLeaf(Buffer.from(line, 'latin1')))
  const note = parseNote(signCheckpoint({ origin, size, root: tree.root() }, log))
  const cosignatures = witnesses.map((key) => cosign(note.text, key, 1_780_000_000))
  return formatNote({ text: note.text, signatures: [...note.signatures, ...cosignatures] })
}

/** An export of a log with a checkpoint half-way, as one that was anchored, and one at its end. */
export function makeExport({ lines, accounts }: HonestLog): ExportFiles {
  const half = Math.ceil(lines.length / 2)
  return {
    lines: [...lines],
    files: new Map([
      ['policy', policyText],
      ['anchors.json', 'null\n'],
      ['accounts.json', `[\n${accounts.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`],
      [`checkpoints/1-${half}`, signLines(lines, half)],
      [`checkpoints/1-${lines.length}`, signLines(lines, lines.length)],
    ]),
  }
}

/** Writes an export to a folder, with a manifest that fits: whoever changes files can write that anew as well. */
export async function writeExport({ lines, files }: ExportFiles, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  const all = new Map([...files].map(([name, text]) => [name, Buffer.from(text)]))
  // A changed byte of a line need not be UTF-8.
  all.set('entries.ndjson', Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1'))
  const manifest = [...all].map(
    ([name, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`,
  )
  all.set('manifest.sha256', Buffer.from(manifest.join('')))
  for (const [name, bytes] of all) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, bytes)
  }
}
