import { getAddress } from 'ethers'
import { z } from 'zod'
import {
  faultOfWitnesses,
  readWitnessPolicies,
  type PolicyWitness,
  type WitnessPolicies,
  type WitnessPolicy,
} from '../../ledger/index.ts'
import { auditSource } from '../audit/record.ts'
import { requireOperator, requireStaff, type Access } from '../http/authenticate.ts'
import { entered, integer, shownInteger } from '../http/fields.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { slug } from '../networks/fields.ts'
import type { Db } from '../tables.ts'
import { faultOfUrl, type TargetRules } from '../webhooks/target.ts'
import { proposeWitnesses } from './store.ts'

const path = '/v1/networks/{slug}/witnesses'
const tag = 'Log'
const witnessCountMax = 32
const params = z.strictObject({ slug })

const chainAddress = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be 0x and 40 hexadecimal digits')
  .refine(isAddress, { error: 'is mistyped: its checksum (EIP-55) is wrong' })
  .transform((address) => address.toLowerCase())

const askedWitness = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'must be lower case letters, digits, . and -, at most 63')
    .refine((name) => name !== 'none', { error: 'has another meaning in policies' })
    .meta({ description: 'Of this network’s choice, for its policy.', example: 'bakery' }),
  vkey: entered(1, 300).meta({ description: 'As `npm run witness -- --new-key` prints it.' }),
  url: z
    .url({ protocol: /^https?$/ })
    .regex(/^[!-~]*$/, 'must be plain ASCII')
    .max(200)
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .meta({
      description:
        'Where it answers (`--listen`); the server asks there at its start what was seen of the log.',
    }),
  chain_address: chainAddress
    .optional()
    .meta({ description: 'Whose signatures the contract counts, as `--new-key` prints it.' }),
})

const shownPolicy = z
  .strictObject({
    version: integer(),
    quorum: integer().meta({ description: 'How many must co-sign a checkpoint; 0: none need to.' }),
    witnesses: z.array(
      z.strictObject({
        name: z.string(),
        vkey: z.string(),
        url: z.string().nullable(),
        chain_address: z.string().nullable(),
      }),
    ),
    policy: z.string().meta({
      description:
        'C2SP tlog-policy without the line of the log; its SHA-256 is in the entry that proposed it.',
    }),
    proposed_index: integer().meta({ description: 'The entry that proposed it.' }),
    started_index: integer().nullable().meta({ description: 'The entry from which it counts.' }),
  })
  .meta({ id: 'WitnessPolicy' })

const shownPolicies = z
  .strictObject({
    in_force: shownPolicy.nullable().meta({ description: 'What counts now; null: nobody co-signs.' }),
    proposed: shownPolicy.nullable().meta({
      description:
        'What waits until the quorum in force has co-signed a checkpoint that contains the proposal.',
    }),
  })
  .meta({ id: 'WitnessPolicies' })

const putWitnesses = declareRoute({
  method: 'put',
  path,
  operation: 'proposeWitnesses',
  tag,
  summary: 'Say who co-signs the log, and how many of them make a quorum',
  description:
    'Counts at once while nobody co-signs; after that only when the quorum in force has co-signed a checkpoint which ' +
    'contains this proposal. A later proposal replaces one that still waits. The same again changes nothing.',
  who: ['operator'],
  params,
  body: z.strictObject({
    witnesses: z.array(askedWitness).max(witnessCountMax),
    quorum: z.int().min(0).max(witnessCountMax),
  }),
  answers: { 200: { description: 'What counts now, and what waits.', schema: shownPolicies } },
})

const getWitnesses = declareRoute({
  method: 'get',
  path,
  operation: 'readWitnesses',
  tag,
  summary: 'Read who co-signs the log',
  who: ['operator', 'staff'],
  params,
  answers: { 200: { description: 'What counts now, and what waits.', schema: shownPolicies } },
})

/** Who co-signs a network's log: said by its operator, and changed only with the quorum that counts until then. */
export function witnessRoutes(
  routes: Routes,
  { access, db, rules }: { access: Access; db: Db; rules: TargetRules },
): void {
  routes.on(putWitnesses, async (req, res) => {
    const { network, credential } = await requireOperator(access, req)
    const { params, body } = putWitnesses.parse(req)
    if (params.slug !== network.slug) throw new Refusal('not_found')
    const wish = { quorum: body.quorum, witnesses: body.witnesses.map(readWitness) }
    demandWholePolicy(wish, rules)
    const by = { network, by: credential, audit: auditSource(req) }
    putWitnesses.answer(res, 200, present(await proposeWitnesses(db, by, wish)))
  })

  routes.on(getWitnesses, async (req, res) => {
    const { network } = await requireStaff(access, req)
    const { params } = getWitnesses.parse(req)
    if (params.slug !== network.slug) throw new Refusal('not_found')
    getWitnesses.answer(res, 200, present(await readWitnessPolicies(db, network.id)))
  })
}

function readWitness(asked: z.output<typeof askedWitness>): PolicyWitness {
  const { name, vkey, url = null, chain_address: chainAddress = null } = asked
  return { name, vkey, url, chainAddress }
}

function demandWholePolicy(
  { quorum, witnesses }: { quorum: number; witnesses: readonly PolicyWitness[] },
  rules: TargetRules,
): void {
  const refuse = (pointer: string, detail: string) => {
    throw new Refusal('request_invalid', { errors: [{ pointer, detail }] })
  }
  if (quorum > witnesses.length) refuse('#/quorum', 'is more than there are witnesses')
  const fault = faultOfWitnesses(witnesses)
  if (fault) refuse(`#/witnesses/${fault.index}/${fieldNames[fault.field]}`, fault.detail)
  for (const [index, { url }] of witnesses.entries()) {
    const urlFault = url === null ? null : faultOfUrl(url, rules)
    if (urlFault) refuse(`#/witnesses/${index}/url`, urlFault)
  }
}

const fieldNames = { name: 'name', vkey: 'vkey', chainAddress: 'chain_address' } as const

function isAddress(text: string): boolean {
  try {
    return getAddress(text).length > 0
  } catch {
    return false
  }
}

function present({ inForce, proposed }: WitnessPolicies): z.input<typeof shownPolicies> {
  return { in_force: inForce && presentPolicy(inForce), proposed: proposed && presentPolicy(proposed) }
}

function presentPolicy(policy: WitnessPolicy): z.input<typeof shownPolicy> {
  return {
    version: policy.version,
    quorum: policy.quorum,
    witnesses: policy.witnesses.map(({ name, vkey, url, chainAddress }) => ({
      name,
      vkey,
      url,
      chain_address: chainAddress,
    })),
    policy: policy.text,
    proposed_index: shownInteger(policy.proposedIndex),
    started_index: policy.startedIndex === null ? null : shownInteger(policy.startedIndex),
  }
}
