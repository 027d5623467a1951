import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { proposeWitnesses, putWitnessesInForce } from '../../contracts/change-witnesses.ts'
import {
  chooseSignatures,
  compactSignature,
  describeProposal,
  explainArguments,
  formatProposal,
  giveHelp,
  parseProposal,
  readAnchorContract,
  readContract,
  readNamedFile,
  readWitnessPolicies,
  readWitnessSets,
  recordAnchorWitnesses,
  type NamedContract,
  type WitnessSet,
} from '../../ledger/index.ts'
import { readConfig } from '../config.ts'
import { fail } from '../process.ts'
import {
  payWith,
  readNetworkLog,
  say,
  waitUntilSettled,
  withChain,
  type ChainCommand,
} from './chain-command.ts'

// `npm run change:witnesses`: lets a network's contract count other witnesses, as a quorum of those that it counts now has
// signed. Three steps, days apart; what each needs it reads from the chain.

const usage = `Usage: npm run change:witnesses -- --network SLUG [--rpc URL] and one of
  --propose FILE               writes what is to be signed: the network's witnesses, against those of the contract
  --submit FILE SIGNATURE…     hands it in, with what npm run witness -- --sign-change FILE printed for each
  --apply                      puts it in force after the contract's delay, and says so in the log
--submit and --apply need ANCHOR_KEY of an account that can pay.`

const config = readConfig()
try {
  await run(readArguments())
  process.exit(0)
} catch (error) {
  fail(error)
}

interface Arguments {
  readonly network: string
  readonly rpc: string | undefined
  readonly propose: string | undefined
  readonly submit: string | undefined
  readonly signatures: readonly string[]
}

function readArguments(): Arguments {
  giveHelp(usage)
  const text = { type: 'string' } as const
  const options = {
    network: text,
    rpc: text,
    propose: text,
    submit: text,
    apply: { type: 'boolean' },
  } as const
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const { network, rpc, propose, submit, apply } = values
    if (!network) throw new Error('Which network?')
    if ([propose, submit, apply].filter((step) => step !== undefined).length !== 1) {
      throw new Error('Give one of --propose, --submit and --apply.')
    }
    if (submit === undefined && positionals.length > 0) throw new Error('Signatures come with --submit.')
    return { network, rpc, propose, submit, signatures: positionals }
  } catch (error) {
    throw new Error(`${explainArguments(error)}\n${usage}`, { cause: error })
  }
}

async function run(args: Arguments): Promise<void> {
  await withChain(config, { rpc: args.rpc, name: 'change-witnesses', usage }, async (command) => {
    const contract = await findContract(command, args.network)
    if (args.propose !== undefined) await propose(command, contract, args.propose)
    else if (args.submit !== undefined) await submit(command, contract, args.submit, args.signatures)
    else await apply(command, contract)
  })
}

/** The network's contract, on this chain and in use. */
async function findContract({ db, chain, chainId }: ChainCommand, slug: string): Promise<NamedContract> {
  const { network, log } = await readNetworkLog(db, slug)
  const contract = await readAnchorContract(db, network)
  if (!contract || contract.generation !== log.generation) {
    throw new Error(`The log of ${slug} names no contract. Deploy one with npm run deploy.`)
  }
  if (contract.chainId !== chainId) {
    throw new Error(`The contract of ${slug} is on chain ${contract.chainId}, and this is chain ${chainId}.`)
  }
  const { frozen, origin } = await readContract(chain, contract.address)
  if (origin !== log.origin) throw new Error(`The contract ${contract.address} is for ${origin}.`)
  if (frozen) {
    throw new Error(
      `The contract ${contract.address} is frozen: its witnesses signed two logs. Deploy another.`,
    )
  }
  return contract
}

async function propose({ db, chain }: ChainCommand, contract: NamedContract, file: string): Promise<void> {
  const { inForce, proposed } = await readWitnessPolicies(db, contract.network)
  const policy = proposed ?? inForce
  const witnesses = (policy?.witnesses ?? [])
    .flatMap(({ chainAddress }) => chainAddress ?? [])
    .toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
  const quorum = policy?.quorum ?? 0
  if (quorum < 1 || witnesses.length < quorum) {
    throw new Error(
      `Of the network's witnesses, ${witnesses.length} sign for a chain, and a quorum is ${quorum}. Name enough of them ` +
        'with their chain_address first (PUT /v1/networks/{slug}/witnesses).',
    )
  }
  const { inForce: counted, nextNumber } = await readWitnessSets(chain, contract.address)
  if (isSameSet(counted, { witnesses, quorum })) {
    throw new Error('The contract counts just these witnesses already: there is nothing to change.')
  }
  const { origin } = await readContract(chain, contract.address)
  const { chainId, address } = contract
  const proposal = {
    contract: { chainId, address },
    change: { origin, number: nextNumber, witnesses, quorum },
  }
  await writeFile(file, formatProposal(proposal), { flag: 'wx' })
  say(describeProposal(proposal))
  say(
    `${counted.quorum} of the witnesses that count now must sign it: npm run witness -- --sign-change ${file} --key FILE`,
  )
}

async function submit(
  { chain, chainId, rpcUrl }: ChainCommand,
  contract: NamedContract,
  file: string,
  signatures: readonly string[],
): Promise<void> {
  const proposal = parseProposal((await readNamedFile(file)).toString('utf8'))
  if (proposal.contract.chainId !== chainId || proposal.contract.address !== contract.address) {
    throw new Error(`${file} is for another contract than ${contract.address} on chain ${chainId}.`)
  }
  const { inForce, nextNumber } = await readWitnessSets(chain, contract.address)
  const { number, witnesses, quorum } = proposal.change
  if (number !== nextNumber) {
    throw new Error(
      `${file} is change number ${number}, and the contract's next is ${nextNumber}. Propose anew.`,
    )
  }
  const chosen = chooseSignatures(proposal, inForce, signatures).map(compactSignature)
  const block = await payWith(config, { rpcUrl, chainId, usage }, (wallet) =>
    proposeWitnesses(wallet, contract.address, { number, witnesses, quorum, signatures: chosen }),
  )
  await waitUntilSettled(config, chain, block)
  const { waiting } = await readWitnessSets(chain, contract.address)
  say(`Change number ${number} waits. ${whenDue(waiting!.from)}`)
}

async function apply(command: ChainCommand, contract: NamedContract): Promise<void> {
  const { db, chain, chainId, rpcUrl } = command
  const { waiting, inForce, now } = await readWitnessSets(chain, contract.address)
  if (waiting && now < waiting.from) throw new Error(`It is too early. ${whenDue(waiting.from)}`)
  // Without one that waits: somebody else put it in force, or this was cut off before the log said so.
  if (!waiting && inForce.number === 1n) {
    throw new Error(`No other witnesses wait to be counted. Propose them first.\n${usage}`)
  }
  if (waiting) {
    const block = await payWith(config, { rpcUrl, chainId, usage }, (wallet) =>
      putWitnessesInForce(wallet, contract.address),
    )
    await waitUntilSettled(config, chain, block)
  }
  const { inForce: counted } = await readWitnessSets(chain, contract.address)
  const index = await db.transaction().execute((tx) => recordAnchorWitnesses(tx, contract, counted))
  say(
    `The contract ${contract.address} counts ${counted.witnesses.length} witnesses by its change number ` +
      `${counted.number}, ${counted.quorum} of them a quorum. The entry of the log that says so:`,
  )
  console.log(String(index))
}

function isSameSet(
  counted: WitnessSet,
  { witnesses, quorum }: { witnesses: readonly string[]; quorum: number },
): boolean {
  return counted.quorum === quorum && counted.witnesses.join() === witnesses.join()
}

/** `from`: seconds. The chain's clock decides, by a block that may take a while. */
function whenDue(from: bigint): string {
  return `From ${new Date(Number(from) * 1000).toISOString()} on it can be put in force: --apply.`
}
