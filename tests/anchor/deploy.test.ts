import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readContract } from '../../ledger/anchor/contract.ts'
import { readAnchorContract } from '../../ledger/anchor/store.ts'
import { readLog, type NetworkId } from '../../ledger/index.ts'
import { richKey } from '../contracts/deploy.ts'
import { makeNetwork, type TestNetwork } from '../support/api.ts'
import { projectFolder } from '../support/server.ts'
import {
  openWitnessedStreet,
  startKeptApi,
  type KeptApi,
  type WitnessedStreet,
} from '../witness/witnessed-street.ts'
import { deployFor, keys, startTestChain, type TestChain } from './anchored-log.ts'

let kept: KeptApi
let node: TestChain
let street: WitnessedStreet

beforeAll(async () => {
  kept = await startKeptApi()
  node = await startTestChain()
  street = await openWitnessedStreet(kept)
})
afterAll(async () => {
  await street.leave()
  await node.stop()
  await kept.close()
})

const run = promisify(execFile)

/** `npm run deploy` on the database of this test. */
async function deploy(
  { slug }: Pick<TestNetwork, 'slug'>,
  { args = [], key = richKey }: { args?: readonly string[]; key?: string } = {},
): Promise<{ code: number; contract: string; said: string }> {
  const command = ['api/anchor/deploy.ts', '--network', slug, '--rpc', node.rpcUrl, ...args]
  const env = {
    DATABASE_URL: kept.api.databaseUrl,
    DATABASE_ADMIN_URL: kept.api.adminUrl,
    TALLY_SECRET: Buffer.from(kept.api.secret).toString('base64url'),
    ANCHOR_KEY: key,
  }
  const done = run(process.execPath, command, { cwd: projectFolder, env })
  const { code = 0, stdout, stderr } = await done.catch((error) => error)
  return { code, contract: stdout.trim(), said: stderr }
}

async function networkOf(slug: string): Promise<NetworkId> {
  const { network_id } = await kept.api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow()
  return network_id
}

test('a contract is made for the witnesses of the network and named in its log, once', async () => {
  const { network } = street.street
  const id = await networkOf(network.slug)
  expect(await deploy(network)).toMatchObject({ code: 1, said: expect.stringMatching(/chain_address/) })
  expect((await street.propose(2)).status).toBe(200)
  expect(await deploy(network, { key: '' })).toMatchObject({
    code: 1,
    said: expect.stringMatching(/ANCHOR_KEY/),
  })
  expect(await readAnchorContract(kept.api.ledger.db, id)).toBe(null)

  const { code, contract, said } = await deploy(network)
  expect({ code, said }).toMatchObject({ code: 0 })
  const state = await readContract(node.chain, contract)
  expect(state.quorum).toBe(2)
  expect([...state.witnesses].toSorted()).toEqual(
    street.members.map((member) => member.chainAddress.toLowerCase()).toSorted(),
  )
  expect(state.origin).toBe((await readLog(kept.api.ledger.db, id))!.origin)
  const named = (await readAnchorContract(kept.api.ledger.db, id))!
  expect(named.address).toBe(contract.toLowerCase())
  const entry = await kept.api.db
    .selectFrom('ledger.governance')
    .select(['event', 'facts'])
    .where('network_id', '=', id)
    .where('entry_index', '=', named.entryIndex)
    .executeTakeFirst()
  expect(entry).toEqual({
    event: 'anchor_contract_named',
    facts: { chain: '31337', contract: contract.toLowerCase(), origin: state.origin },
  })

  // As after a command that was cut off: nothing new is made, and the entry is the same.
  const again = await deploy(network, {
    args: ['--contract', contract, '--block', String(named.deployedBlock)],
  })
  expect(again).toMatchObject({ code: 0, contract })
  expect(await readAnchorContract(kept.api.ledger.db, id)).toEqual(named)

  const other = await deployFor(node.rpcUrl, 'tally.example.org/log/other', keys)
  const wrong = await deploy(network, { args: ['--contract', other.address, '--block', String(other.block)] })
  expect(wrong).toMatchObject({
    code: 1,
    said: expect.stringMatching(/is for tally\.example\.org\/log\/other/),
  })
  expect(await readAnchorContract(kept.api.ledger.db, id)).toEqual(named)
})

test('what is missing or mistyped is said, and nothing is deployed', async () => {
  const { slug } = await makeNetwork(kept.api)
  const blocks = () => node.ask('eth_blockNumber')
  const before = await blocks()
  for (const [network, args, words] of [
    ['no-such-town', [], /There is no network no-such-town/],
    [slug, ['--delay-days', '0'], /--delay-days must be 1 to 90/],
    [slug, ['--delay-days', '91'], /--delay-days must be 1 to 90/],
    [slug, ['--contract', '0x12'], /--contract needs --block/],
    [slug, ['--colour', 'red'], /Usage: npm run deploy/],
  ] as const) {
    expect(await deploy({ slug: network }, { args })).toMatchObject({
      code: 1,
      said: expect.stringMatching(words),
    })
  }
  expect(await blocks()).toBe(before)
})
