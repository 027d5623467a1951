import { parseNote, formatNote, makeSignerKey, keyTypes } from '../../ledger/proofs/note.ts'
import { keys, signLines, type ExportFiles } from './made-export.ts'

/** Draws a whole number from 0 to below `bound`. */
export type Draw = (bound: number) => number

/** What was done to an export, and what must be said of it. */
export interface Tampering {
  /** The entry that is the first not to be what it was; null: no entry is. */
  readonly entry: number | null
  readonly verdicts: readonly string[]
  /** What else must be named. */
  readonly named?: string
}

type Tamper = (made: ExportFiles, draw: Draw) => Tampering | null

const diverged = ['diverged']

/** One bit of a line, which stays one line. */
function flipBit(made: ExportFiles, draw: Draw): Tampering {
  const entry = draw(made.lines.length)
  const bytes = Buffer.from(made.lines[entry]!, 'latin1')
  bytes[draw(bytes.length)]! ^= 1 << draw(8)
  const line = bytes.toString('latin1')
  if (line.includes('\n')) return flipBit(made, draw)
  made.lines[entry] = line
  return { entry, verdicts: diverged }
}

/** Entries of transactions by index. */
function transactions(made: ExportFiles): number[] {
  return made.lines.flatMap((line, i) => (line.includes('"kind":"governance"') ? [] : [i]))
}

/** Changes a line's text by a pattern. */
function rewrite(made: ExportFiles, draw: Draw, [pattern, change]: [RegExp, (found: string) => string]) {
  const fitting = transactions(made).filter((i) => pattern.test(made.lines[i]!))
  if (fitting.length === 0) return null
  const entry = fitting[draw(fitting.length)]!
  made.lines[entry] = made.lines[entry]!.replace(pattern, change)
  return entry
}

/** Signs every checkpoint anew over what the lines are now, as an operator can with the log's own key. */
function signAgain(made: ExportFiles, witnesses: 'none' | 'own' | 'forged'): void {
  for (const name of [...made.files.keys()].filter((name) => name.startsWith('checkpoints/'))) {
    const size = Math.min(Number(name.split('-')[1]), made.lines.length)
    const own = [keys.first, keys.second].map(({ name }) =>
      makeSignerKey(name, keyTypes.cosignature, new Uint8Array(32).fill(9)),
    )
    // "Forged": under the witness's own name and key id.
    const forged = [keys.first, keys.second].map((key, i) => ({ ...own[i]!, keyId: key.keyId }))
    made.files.delete(name)
    made.files.set(
      `checkpoints/1-${size}`,
      signLines(made.lines, size, { witnesses: { none: [], own, forged }[witnesses] }),
    )
  }
}

const anyWitnesses = (draw: Draw) => (['none', 'own', 'forged'] as const)[draw(3)]!

/** One more than a decimal string. */
const oneMore = (digits: string) => String(BigInt(digits) + 1n)

/** Of a lot, what nobody may change: what is new of it, or what was taken from it. */
const lotChanges: readonly (readonly [RegExp, (found: string) => string])[] = [
  [/(?<="ordinal":"\d+","points":")\d+/, oneMore],
  [/(?<="lot":"[^"]+","points":")\d+/, oneMore],
  [/(?<="issuer":")[^"]+/, () => '01890000-0000-7000-8000-000000000000'],
  [/(?<="ordinal":"\d+","points":"\d+","price":")\d+/, oneMore],
]

const newestNote = (made: ExportFiles) => `checkpoints/1-${made.lines.length}`

export const tamperings: Record<string, Tamper> = {
  'one bit of an entry': flipBit,
  'a changed amount'(made, draw) {
    const entry = rewrite(made, draw, [/(?<="amount":")\d+/, oneMore])
    return entry === null ? null : { entry, verdicts: diverged }
  },
  'a changed balance, with all hashes made again and signed by the operator'(made, draw) {
    const entry = rewrite(made, draw, [/"available_after":"\d+"/, () => '"available_after":"987654"'])
    if (entry === null) return null
    signAgain(made, anyWitnesses(draw))
    return { entry, verdicts: diverged }
  },
  'a changed amount, with all hashes made again and signed by the operator'(made, draw) {
    const entry = rewrite(made, draw, [/(?<="amount":")\d+/, oneMore])
    if (entry === null) return null
    signAgain(made, anyWitnesses(draw))
    return { entry, verdicts: diverged }
  },
  'a changed lot, with all hashes made again and signed by the operator'(made, draw) {
    const entry = rewrite(made, draw, [...lotChanges[draw(lotChanges.length)]!])
    if (entry === null) return null
    signAgain(made, anyWitnesses(draw))
    return { entry, verdicts: diverged }
  },
  'a fact that nothing contradicts, signed again by the operator alone'(made, draw) {
    const entry = rewrite(made, draw, [/"content":"\d+"/, () => '"content":"1"'])
    if (entry === null) return null
    signAgain(made, draw(2) === 0 ? 'none' : 'own')
    return { entry: null, verdicts: ['keys_not_trusted'], named: 'quorum' }
  },
  'the same with the witnesses’ signatures forged'(made, draw) {
    const entry = rewrite(made, draw, [/"content":"\d+"/, () => '"content":"1"'])
    if (entry === null) return null
    signAgain(made, 'forged')
    return { entry: null, verdicts: diverged, named: 'first.example.org|second.example.org' }
  },
  'a removed entry'(made, draw) {
    const entry = draw(made.lines.length)
    made.lines.splice(entry, 1)
    return { entry, verdicts: diverged }
  },
  'an added entry'(made, draw) {
    const entry = 1 + draw(made.lines.length)
    made.lines.splice(entry, 0, made.lines[draw(entry)]!)
    return { entry, verdicts: diverged }
  },
  'two entries swapped'(made, draw) {
    const entry = draw(made.lines.length - 1)
    const [one, other] = [made.lines[entry]!, made.lines[entry + 1]!]
    made.lines.splice(entry, 2, other, one)
    return { entry, verdicts: diverged }
  },
  'a back-dated entry'(made, draw) {
    const entry = rewrite(made, draw, [/"posted_at":"\d+/, () => '"posted_at":"2019'])
    return entry === null ? null : { entry, verdicts: diverged }
  },
  'a cut tail'(made, draw) {
    const entry = made.lines.length - 1 - draw(Math.floor(made.lines.length / 2) - 1)
    made.lines.length = entry
    return { entry, verdicts: diverged }
  },
  'a forged checkpoint'(made, draw) {
    const name = [...made.files.keys()].filter((each) => each.startsWith('checkpoints/'))[draw(2)]!
    const note = made.files.get(name)!
    const size = Number(name.split('-')[1])
    const other = signLines(made.lines.toReversed(), size).split('\n')[2]!
    made.files.set(name, note.split('\n').with(2, other).join('\n'))
    return { entry: null, verdicts: diverged, named: name }
  },
  'a checkpoint of somebody else’s key'(made) {
    const stranger = makeSignerKey(keys.log.name, keyTypes.ed25519, new Uint8Array(32).fill(8))
    made.files.set(newestNote(made), signLines(made.lines, made.lines.length, { log: stranger }))
    return { entry: null, verdicts: ['keys_not_trusted'], named: 'not signed' }
  },
  'a dropped co-signature that breaks the quorum'(made, draw) {
    const note = parseNote(made.files.get(newestNote(made))!)
    const signatures = note.signatures.toSpliced(1 + draw(2), 1)
    made.files.set(newestNote(made), formatNote({ ...note, signatures }))
    return { entry: null, verdicts: ['keys_not_trusted'], named: 'quorum' }
  },
  'an account given to another owner or kind'(made, draw) {
    // One that the log uses: what nothing happened to has nothing to contradict.
    const used = [
      ...new Set(
        made.lines
          .join('')
          .match(/"(?:credit|debit)":"[^"]+"/g)
          ?.map((each) => each.slice(-37, -1)),
      ),
    ]
    if (used.length === 0) return null
    const id = used[draw(used.length)]!
    const rows = made.files.get('accounts.json')!.split('\n')
    const at = rows.findIndex((row) => row.includes(id))
    const isWallet = rows[at]!.includes('"wallet"')
    const comma = rows[at]!.endsWith(',') ? ',' : ''
    rows[at] = `${JSON.stringify({ account: id, kind: isWallet ? 'bridge' : 'wallet' })}${comma}`
    made.files.set('accounts.json', rows.join('\n'))
    return { entry: null, verdicts: diverged, named: 'account' }
  },
}
