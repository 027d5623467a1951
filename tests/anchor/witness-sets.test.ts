import { expect, test } from 'vitest'
import { describeProposal, formatProposal, parseProposal } from '../../ledger/anchor/witness-sets.ts'

const proposal = {
  contract: { chainId: 31337n, address: `0x${'ab'.repeat(20)}` },
  change: {
    origin: 'points.example.org/log/riverside',
    number: 2n,
    witnesses: [`0x${'01'.repeat(20)}`, `0x${'02'.repeat(20)}`],
    quorum: 2,
  },
}

test('a proposal is read as it was written, and says who is to count', () => {
  const read = parseProposal(formatProposal(proposal))
  expect(read).toEqual(proposal)
  for (const witness of proposal.change.witnesses) expect(describeProposal(read)).toContain(witness)
})

test.each([
  ['clears the terminal', '\u001b[2Jpoints.example.org/log/riverside'],
  ['adds lines of its own', 'points.example.org/log/riverside\nis to count 0x03 alone'],
  ['turns the writing round', 'points.example.org/\u202elog'],
  ['is empty', ''],
])('a proposal whose origin %s is none', (_, origin) => {
  const change = { ...proposal.change, origin }
  expect(() => parseProposal(formatProposal({ ...proposal, change }))).toThrow('no proposal of witnesses')
})
