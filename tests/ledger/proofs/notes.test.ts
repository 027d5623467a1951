import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBase64, toBase64 } from '../../../ledger/proofs/bytes.ts'
import { parseCheckpoint, signCheckpoint } from '../../../ledger/proofs/checkpoint.ts'
import { cosign, verifyCosignature } from '../../../ledger/proofs/cosignature.ts'
import { ProofError } from '../../../ledger/proofs/errors.ts'
import { hashLeaf } from '../../../ledger/proofs/merkle.ts'
import {
  formatNote,
  formatSignerKey,
  formatVerifierKey,
  keyTypes,
  makeSignerKey,
  parseNote,
  parseSignerKey,
  parseVerifierKey,
  signNote,
  verifyNote,
} from '../../../ledger/proofs/note.ts'
import { findVouchers, formatPolicy, parsePolicy, requireQuorum } from '../../../ledger/proofs/policy.ts'
import { checkReceipt, formatReceipt } from '../../../ledger/proofs/receipt.ts'
import { parseTlogProof } from '../../../ledger/proofs/tlog-proof.ts'

const origin = 'loyalty.example/log/riverside'
const log = makeSignerKey(origin, keyTypes.ed25519, new Uint8Array(32).fill(1))
const witnesses = ['bakery', 'bookshop', 'cheese'].map((name, i) =>
  makeSignerKey(`${name}.example/witness`, keyTypes.cosignature, new Uint8Array(32).fill(10 + i)),
)
const [bakery, bookshop, cheese] = witnesses as [typeof log, typeof log, typeof log]
const entry = '{"kind":"issue","points":"25"}'
const root = hashLeaf(new TextEncoder().encode(entry))
const checkpoint = signCheckpoint({ origin, size: 1, root }, log)

const policyText = `# The shops of Riverside
log ${formatVerifierKey(log)} https://loyalty.example/log/riverside
witness bakery ${formatVerifierKey(bakery)}
witness bookshop ${formatVerifierKey(bookshop)}\twitness.example
 witness cheese ${formatVerifierKey(cheese)}

group shops 2 bakery bookshop cheese
quorum shops
`
const policy = parsePolicy(policyText)

test('a note signed by others elsewhere is verified', () => {
  // Key and note as golang.org/x/mod/sumdb/note made them.
  const key = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
  const note = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`
  expect(verifyNote(parseNote(note), key)).toBe(true)
  expect(verifyNote(parseNote(note), log)).toBe(false)
  expect(() => verifyNote(parseNote(note.replace('example message', 'example massage')), key)).toThrow(
    expect.objectContaining({ code: 'signature_wrong' }),
  )
})

test('keys are read back as they were written, and nothing else is', () => {
  expect(parseSignerKey(formatSignerKey(log))).toEqual(log)
  expect(formatVerifierKey(parseVerifierKey(formatVerifierKey(bakery)))).toBe(formatVerifierKey(bakery))
  const vkey = formatVerifierKey(log)
  const wrong = [
    '',
    'x',
    vkey.replace('riverside', 'lakeside'),
    `${vkey}=`,
    vkey.slice(0, -4),
    `PRIVATE+KEY+${vkey}`,
  ]
  for (const key of wrong) expect(() => parseVerifierKey(key)).toThrow('key')
  expect(() => parseSignerKey(vkey)).toThrow('PRIVATE+KEY+')
  expect(() => makeSignerKey('two words', keyTypes.ed25519, log.seed)).toThrow('named')
})

test('a note that is not exactly one is refused with its reason', () => {
  expect(formatNote(parseNote(checkpoint))).toBe(checkpoint)
  const wrong = [
    checkpoint.trimEnd(),
    checkpoint.replace('\n\n', '\n'),
    checkpoint.replace('— ', '- '),
    checkpoint.replace('\n\n', '\n\n\t'),
    checkpoint.replace(`— ${origin} `, `— ${origin}  `),
    `${checkpoint}\n`,
    `${checkpoint}\ud800`,
    Uint8Array.of(0xff, 0x0a, 0x0a),
    '\n\n',
    '',
  ]
  for (const note of wrong)
    expect(() => parseNote(note)).toThrow(expect.objectContaining({ code: 'note_malformed' }))
})

test('a checkpoint says origin, size and root, and no other text passes for one', () => {
  expect(parseCheckpoint(checkpoint)).toMatchObject({ origin, size: 1, root })
  const signed = (text: string) => formatNote({ text, signatures: [signNote(text, log)] })
  const hash = toBase64(root)
  expect(parseCheckpoint(signed(`${origin}\n0\n${hash}\nan extension\n`)).size).toBe(0)
  for (const text of [
    `${origin}\n01\n${hash}\n`,
    `${origin}\n-1\n${hash}\n`,
    `${origin}\n9007199254740992\n${hash}\n`,
    `${origin}\n1\n${hash.slice(4)}\n`,
    `${origin}\n1\n${hash}\n\nafter a gap\n`,
    `\n1\n${hash}\n`,
    `${origin}\n1\n`,
  ]) {
    expect(() => parseCheckpoint(signed(text))).toThrow(
      expect.objectContaining({ code: 'checkpoint_malformed' }),
    )
  }
})

test('a cosignature counts for its own witness, text and time alone', () => {
  const note = parseNote(checkpoint)
  const own = cosign(note.text, bakery, 1_700_000_000)
  const cosigned = { ...note, signatures: [...note.signatures, own] }
  expect(verifyCosignature(cosigned, bakery)).toBe(1_700_000_000)
  expect(verifyCosignature(cosigned, bookshop)).toBeNull()
  const later = { ...own, signature: own.signature.map((byte, i) => (i === 7 ? byte + 1 : byte)) }
  const borrowed = { ...own, name: bookshop.name, keyId: bookshop.keyId }
  const cut = { ...own, signature: own.signature.slice(1) }
  for (const [signature, key] of [
    [later, bakery],
    [borrowed, bookshop],
    [cut, bakery],
  ] as const) {
    const spoilt = { ...note, signatures: [signature] }
    expect(() => verifyCosignature(spoilt, key)).toThrow(expect.objectContaining({ code: 'signature_wrong' }))
  }
})

test('a checkpoint has a quorum when as many witnesses as the policy says have cosigned', () => {
  expect(parsePolicy(formatPolicy(policy))).toEqual(policy)
  const one = parseCheckpoint(cosignedBy(bakery))
  expect(findVouchers(policy, one)).toMatchObject({
    quorum: false,
    witnesses: [{ witness: { name: 'bakery' } }],
  })
  expect(() => requireQuorum(policy, one)).toThrow(expect.objectContaining({ code: 'quorum_missing' }))
  expect(requireQuorum(policy, parseCheckpoint(cosignedBy(bakery, cheese))).witnesses).toHaveLength(2)
  // The same witness twice is one witness.
  expect(findVouchers(policy, parseCheckpoint(cosignedBy(bakery, bakery))).quorum).toBe(false)
})

test('a policy of groups within groups needs each of them', () => {
  const nested = parsePolicy(`log ${formatVerifierKey(log)}
witness a ${formatVerifierKey(bakery)}
witness b ${formatVerifierKey(bookshop)}
witness c ${formatVerifierKey(cheese)}
group either any a b
group both all either c
quorum both
`)
  expect(findVouchers(nested, parseCheckpoint(cosignedBy(bakery, bookshop))).quorum).toBe(false)
  expect(findVouchers(nested, parseCheckpoint(cosignedBy(bookshop, cheese))).quorum).toBe(true)
  const alone = parsePolicy(`log ${formatVerifierKey(log)}\nquorum none\n`)
  expect(findVouchers(alone, parseCheckpoint(checkpoint)).quorum).toBe(true)
})

test('a checkpoint of another log, unsigned or with a forged signature is refused', () => {
  const stranger = makeSignerKey('stranger.example/log', keyTypes.ed25519, new Uint8Array(32).fill(5))
  const foreign = signCheckpoint({ origin: stranger.name, size: 1, root }, stranger)
  expect(() => findVouchers(policy, parseCheckpoint(foreign))).toThrow(
    expect.objectContaining({ code: 'log_unknown' }),
  )
  const usurped = signCheckpoint({ origin, size: 1, root }, stranger)
  expect(() => findVouchers(policy, parseCheckpoint(usurped))).toThrow(
    expect.objectContaining({ code: 'signature_missing' }),
  )
  const grown = checkpoint.replace('\n1\n', '\n2\n')
  expect(() => findVouchers(policy, parseCheckpoint(grown))).toThrow(
    expect.objectContaining({ code: 'signature_wrong' }),
  )
})

test.each([
  ['no quorum', policyText.replace(/^quorum.*\n/m, '')],
  ['two quorums', `${policyText}quorum bakery\n`],
  ['a log twice', `log ${formatVerifierKey(log)}\n${policyText}`],
  ['a witness twice', `witness again ${formatVerifierKey(bakery)}\n${policyText}`],
  ['a name twice', policyText.replace('witness cheese', 'witness bakery')],
  ['the name none', policyText.replaceAll('bakery ', 'none ')],
  ['a group of the unknown', policyText.replace('bookshop cheese', 'bookshop dairy')],
  ['a member twice', policyText.replace('bookshop cheese\nquorum', 'bookshop bookshop\nquorum')],
  ['too high a threshold', policyText.replace('shops 2', 'shops 4')],
  ['a threshold of 0', policyText.replace('shops 2', 'shops 0')],
  ['a quorum before its group', `quorum shops\n${policyText.replace(/^quorum.*\n/m, '')}`],
  ['a log key as a witness', policyText.replace(formatVerifierKey(bakery), formatVerifierKey(log))],
  ['an unknown line', `${policyText}monitor x\n`],
  ['a word too many', policyText.replace('quorum shops', 'quorum shops please')],
])('a policy with %s is refused', (_, text) => {
  expect(() => parsePolicy(text)).toThrow(expect.objectContaining({ code: 'policy_malformed' }))
})

test('a receipt proves its entry to whoever trusts the policy, and nothing else', () => {
  const receipt = formatReceipt(entry, {
    index: 0,
    path: [],
    checkpoint: parseCheckpoint(cosignedBy(bakery, cheese)),
  })
  const checked = checkReceipt(receipt, policy)
  expect(new TextDecoder().decode(checked.entry)).toBe(entry)
  expect(checked.proof.index).toBe(0)
  expect(checked.vouchers.witnesses.map(({ witness }) => witness.name)).toEqual(['bakery', 'cheese'])

  const other = toBase64(new TextEncoder().encode(entry.replace('25', '95')))
  const wrong = [
    [receipt.replace(/^extra .*$/m, `extra ${other}`), 'inclusion_wrong'],
    [receipt.replace(/^extra .*\n/m, ''), 'proof_malformed'],
    [receipt.replace('index 0', 'index 1'), 'inclusion_wrong'],
    [receipt.replace('index 0', 'index 00'), 'proof_malformed'],
    [receipt.replace('@v1', '@v2'), 'proof_malformed'],
    [receipt.replace('\n1\n', '\n2\n'), 'signature_wrong'],
    [receipt.replace(/— cheese.*\n/, ''), 'quorum_missing'],
  ] as const
  for (const [text, code] of wrong)
    expect(() => checkReceipt(text, policy)).toThrow(expect.objectContaining({ code }))
})

test('whatever text arrives, it is read or refused with a code', () => {
  const texts = [
    checkpoint,
    policyText,
    formatReceipt(entry, { index: 0, path: [], checkpoint: parseCheckpoint(checkpoint) }),
  ]
  const damaged = fc
    .tuple(
      fc.constantFrom(...texts),
      fc.nat(),
      fc.nat({ max: 5 }),
      fc.string({ unit: 'binary', maxLength: 5 }),
    )
    .map(
      ([text, at, cut, put]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + cut),
    )
  fc.assert(
    fc.property(damaged, (text) => {
      for (const read of [parseNote, parseCheckpoint, parsePolicy, parseTlogProof, parseVerifierKey]) {
        expect(faultOf(() => read(text)) ?? new ProofError('note_malformed', '')).toBeInstanceOf(ProofError)
      }
    }),
    { numRuns: 500 },
  )
})

test('base64 has one form for the same bytes', () => {
  const same = (bytes: Uint8Array) => void expect(fromBase64(toBase64(bytes))).toEqual(bytes)
  fc.assert(fc.property(fc.uint8Array(), same))
  for (const text of ['YQ', 'YQ=', 'YR==', ' YQ==', 'YQ==\n', 'Y_==', '====']) {
    expect(() => fromBase64(text)).toThrow(expect.objectContaining({ code: 'base64_malformed' }))
  }
})

function cosignedBy(...keys: (typeof log)[]): string {
  const note = parseNote(checkpoint)
  const signatures = keys.map((key, i) => cosign(note.text, key, 1_700_000_000 + i))
  return formatNote({ ...note, signatures: [...note.signatures, ...signatures] })
}

function faultOf(act: () => unknown): unknown {
  try {
    act()
    return null
  } catch (error) {
    return error
  }
}
