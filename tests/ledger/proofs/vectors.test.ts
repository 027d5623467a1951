import { expect, test } from 'vitest'
import { fromBase64, toBase64 } from '../../../ledger/proofs/bytes.ts'
import { hashChildren } from '../../../ledger/proofs/merkle.ts'
import { readVectors, tryVector } from '../../vectors/vector.ts'

test('a vector passes when our verdict is the one it wants, also with counts beyond 2^53', () => {
  const vector = (values: object) => readVectors(JSON.stringify(values).replaceAll(/"#|#"/g, ''))
  const leaf = 'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0='
  const right = { leafIdx: 0, treeSize: 1, root: leaf, leafHash: leaf, proof: null, wantErr: false }
  expect(vector(right).map(tryVector)).toEqual([null])
  expect(vector([right, { ...right, wantErr: true }]).map(tryVector)).toEqual([
    null,
    'accepted, but must be refused',
  ])
  const far = { ...right, leafIdx: '#18446744073709551615#' }
  expect(vector(far).map(tryVector)).toEqual(['refused, but must be accepted'])
  // The last leaf of 2^53 + 1 stands alone on the right: its only sibling is the root of all others.
  const beyond = { ...right, leafIdx: '#9007199254740992#', treeSize: '#9007199254740993#', proof: [leaf] }
  const root = toBase64(hashChildren(fromBase64(leaf), fromBase64(leaf)))
  expect(vector([{ ...beyond, root }, beyond]).map(tryVector)).toEqual([
    null,
    'refused, but must be accepted',
  ])
  const consistency = { size1: 1, size2: 1, root1: leaf, root2: leaf, proof: [], wantErr: false }
  expect(vector([consistency, { ...consistency, root2: '!' }]).map(tryVector)).toEqual([
    null,
    'refused, but must be accepted',
  ])
  expect(vector({ wantErr: true }).map(tryVector)).toEqual([
    'this is no vector of an inclusion or a consistency proof',
  ])
})
