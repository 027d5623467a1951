import { z } from 'zod'
import { addCosignature, formatNote, offerCandidate, type AddedCosignature } from '../../ledger/index.ts'
import type { Access } from '../http/authenticate.ts'
import { entered } from '../http/fields.ts'
import { addressKey, limitRequest } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { inStrangersTurn } from '../http/strangers.ts'
import { slug } from '../networks/fields.ts'
import type { Db } from '../tables.ts'
import { demandLog } from './store.ts'

const tag = 'Log'
const params = z.strictObject({ network: slug })

const getCandidate = declareRoute({
  method: 'get',
  path: '/log/{network}/candidate',
  operation: 'readCandidate',
  tag,
  summary: 'Read the checkpoint that witnesses are to co-sign now',
  description:
    'A signed note (C2SP tlog-checkpoint) with the log’s own signature. The same one until a quorum has co-signed it or ' +
    '30 seconds have passed, so that witnesses sign the same size; 404 while nothing is signed.',
  who: ['anyone'],
  params,
  answers: { 200: { description: 'The checkpoint.', media: 'text/plain' } },
})

const postCosignature = declareRoute({
  method: 'post',
  path: '/log/{network}/cosignatures',
  operation: 'addCosignature',
  tag,
  summary: 'Hand in a witness’s co-signature of a checkpoint',
  description:
    'Its credential is the signature: by a witness of the policy in force, over the checkpoint of that size. The same again ' +
    'changes nothing.',
  who: ['anyone'],
  params,
  body: z.strictObject({
    size: z.int().min(1).meta({ description: 'Of the checkpoint.' }),
    cosignature: entered(1, 500).meta({
      description: 'C2SP tlog-cosignature v1, as the line of a signed note.',
      example: '— name base64',
    }),
    chain_signature: z
      .string()
      .regex(/^0x[0-9a-fA-F]{130}$/, 'must be 0x and 130 hexadecimal digits: r, s, v')
      .optional()
      .meta({
        description:
          'EIP-712, for the contract that keeps the checkpoints; by the witness’s `chain_address`.',
      }),
  }),
  answers: {
    200: {
      description: 'It counts.',
      schema: z.strictObject({
        quorum: z.boolean().meta({ description: 'Whether enough have co-signed that checkpoint by now.' }),
      }),
    },
  },
  refusals: ['witness_unknown', 'cosignature_wrong'],
})

/** What witnesses call. */
export function logWitnessRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(getCandidate, async (req, res) => {
    const { params } = getCandidate.parse(req)
    const candidate = await inStrangersTurn(async () =>
      offerCandidate(db, await demandLog(db, params.network)),
    )
    if (!candidate) throw new Refusal('not_found')
    res.type('text/plain').send(formatNote(candidate))
  })

  routes.on(postCosignature, async (req, res) => {
    const { params, body } = postCosignature.parse(req)
    // Whoever guesses is slowed down: each attempt costs a verification.
    const address = addressKey(req)
    await limitRequest(access.refusedLimit, res, address)
    const added = await inStrangersTurn(async () =>
      addCosignature(db, await demandLog(db, params.network), {
        size: body.size,
        line: body.cosignature,
        chainSignature: body.chain_signature ?? null,
      }),
    )
    if (added.outcome === 'added') await access.refusedLimit.giveBack(address)
    postCosignature.answer(res, 200, { quorum: demandAdded(added) })
  })
}

function demandAdded(added: AddedCosignature): boolean {
  if (added.outcome === 'added') return added.quorum
  throw new Refusal(added.outcome === 'checkpoint_unknown' ? 'not_found' : added.outcome)
}
