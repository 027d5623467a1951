import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readContract } from '../../ledger/anchor/contract.ts'
import { signWitnessChange } from '../../ledger/anchor/anchor-message.ts'
import { parseProposal, readWitnessSets } from '../../ledger/anchor/witness-sets.ts'
import { readKeyFile } from '../../ledger/witness/key-file.ts'
import { richKey } from '../contracts/deploy.ts'
import { makeNetwork } from '../support/api.ts'
import { projectFolder } from '../support/server.ts'
import { becomeWitness, type Member } from '../witness/witness-process.ts'
import {
  openWitnessedStreet,
  startKeptApi,
  type KeptApi,
  type WitnessedStreet,
} from '../witness/witnessed-street.ts'
import { startTestChain, type TestChain } from './anchored-log.ts'

let kept: KeptApi
let node: TestChain
let street: WitnessedStreet
let stranger: Member
let folder: string

beforeAll(async () => {
  kept = await startKeptApi()
  node = await startTestChain()
  street = await openWitnessedStreet(kept)
  stranger = await becomeWitness('stranger.example/witness')
  folder = await mkdtemp(join(tmpdir(), 'tallystick-test-change-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await stranger.leave()
  await street.leave()
  await node.stop()
  await kept.close()
})

const run = promisify(execFile)

interface Answer {
  readonly code: number
  readonly out: string
  readonly said: string
}

async function command(program: string, args: readonly string[], key = richKey): Promise<Answer> {
  const env = {
    DATABASE_URL: kept.api.databaseUrl,
    DATABASE_ADMIN_URL: kept.api.adminUrl,
    TALLY_SECRET: Buffer.from(kept.api.secret).toString('base64url'),
    ANCHOR_KEY: key,
  }
  const done = run(process.execPath, [program, ...args], { cwd: projectFolder, env })
  const { code = 0, stdout, stderr } = await done.catch((error) => error)
  return { code, out: stdout.trim(), said: stderr }
}

/** `npm run change:witnesses` for the street's network. */
function change(...args: string[]): Promise<Answer> {
  const { slug } = street.street.network
  return command('api/anchor/change-witnesses.ts', ['--network', slug, '--rpc', node.rpcUrl, ...args])
}

/** Its signature, without a process. */
async function signature(member: Member, file: string): Promise<string> {
  const { contract, change } = parseProposal(await readFile(file, 'utf8'))
  const { chain } = await readKeyFile(join(member.folder, 'key'))
  return signWitnessChange(chain, contract, change)
}

/** `npm run witness -- --sign-change`. */
function sign(member: Member, file: string): Promise<Answer> {
  return command('ledger/witness/main.ts', ['--sign-change', file, '--key', join(member.folder, 'key')])
}

function refused(words: RegExp) {
  return { code: 1, said: expect.stringMatching(words) }
}

/** A dozen processes: 15 s, several times that on a busy machine. */
const limitMs = 240_000

test(
  'a contract counts other witnesses once its quorum signed them and the delay is over, and the log says so',
  async () => {
    const { slug } = street.street.network
    const [bakery, books, cafe] = street.members
    const file = join(folder, 'proposal.json')
    expect(await change('--propose', file)).toMatchObject(refused(/names no contract/))
    expect((await street.propose(2)).status).toBe(200)
    const deployed = await command('api/anchor/deploy.ts', ['--network', slug, '--rpc', node.rpcUrl])
    expect(deployed).toMatchObject({ code: 0 })
    const contract = deployed.out

    expect(await change('--propose', file)).toMatchObject(refused(/nothing to change/))
    expect(await change('--apply')).toMatchObject(refused(/No other witnesses wait/))
    // All three are to sign from now on.
    expect((await street.propose(3)).status).toBe(200)
    expect(await change('--propose', file)).toMatchObject({ code: 0 })

    const signed = await sign(bakery, file)
    expect(signed.said).toContain(contract.toLowerCase())
    expect(signed.said).toMatch(/3 of them will be enough/)
    const before = await readContract(node.chain, contract)
    const foreign = await signature(stranger, file)
    expect(await change('--submit', file, signed.out, foreign)).toMatchObject(refused(/no signature of this/))
    expect(await change('--submit', file, signed.out, signed.out)).toMatchObject(
      refused(/1 of the witnesses in force have signed, and 2 must/),
    )
    const other = join(folder, 'other.json')
    await writeFile(other, (await readFile(file, 'utf8')).replace('"quorum": 3', '"quorum": 1'))
    const forOther = await signature(cafe, other)
    expect(await change('--submit', file, signed.out, forOther)).toMatchObject(
      refused(/no signature of this/),
    )
    expect((await readWitnessSets(node.chain, contract)).waiting).toBe(null)

    const second = await signature(books, file)
    const submitted = await change('--submit', file, signed.out, second)
    expect(submitted, submitted.said).toMatchObject({ code: 0 })
    expect(await change('--submit', file, signed.out, second)).toMatchObject(
      refused(/number 2, and the contract's next is 3/),
    )
    expect(await change('--apply')).toMatchObject(refused(/too early.*From 20\d\d-.*Z on/s))
    expect(await readContract(node.chain, contract)).toEqual(before)

    await node.ask('evm_increaseTime', 2 * 86_400)
    await node.mine(1)
    const applied = await change('--apply')
    expect(applied, applied.said).toMatchObject({ code: 0 })
    expect(await readContract(node.chain, contract)).toEqual({ ...before, quorum: 3 })
    const entries = () =>
      kept.api.db
        .selectFrom('ledger.governance')
        .select(['entry_index', 'facts'])
        .where('event', '=', 'anchor_witnesses_changed')
        .execute()
    expect(await entries()).toEqual([
      {
        entry_index: BigInt(applied.out),
        facts: {
          chain: '31337',
          contract: contract.toLowerCase(),
          number: '2',
          quorum: '3',
          witnesses: [...before.witnesses].toSorted().join(' '),
        },
      },
    ])
    // As after a command that was cut off: the log says it once.
    expect(await change('--apply')).toMatchObject({ code: 0, out: applied.out })
    expect(await entries()).toHaveLength(1)
  },
  limitMs,
)

test(
  'what is missing or mistyped is said, and nothing is sent',
  async () => {
    const { slug } = await makeNetwork(kept.api)
    const blocks = () => node.ask('eth_blockNumber')
    const before = await blocks()
    const words = join(folder, 'words.json')
    await writeFile(words, '{"chain": "1"}')
    const mistakes = [
      [['--network', slug], /Give one of --propose/],
      [['--network', slug, '--apply', '--propose', words], /Give one of --propose/],
      [['--network', slug, '--apply', '0x12'], /Signatures come with --submit/],
      [['--network', 'no-such-town', '--apply'], /There is no network no-such-town/],
      [['--apply'], /Which network/],
    ] as const
    const ask = (args: readonly string[]) =>
      command('api/anchor/change-witnesses.ts', ['--rpc', node.rpcUrl, ...args])
    const answers = await Promise.all(mistakes.map(([args]) => ask(args)))
    expect(answers).toMatchObject(mistakes.map(([, said]) => refused(said)))
    expect(await sign(stranger, words)).toMatchObject(refused(/is no proposal of witnesses/))
    expect(await blocks()).toBe(before)
  },
  limitMs,
)
