import { SingleBar } from 'cli-progress'
import { readNamedFile, TypedError } from '../command-line.ts'
import { ProofError } from '../proofs/errors.ts'
import { parsePolicy, type Policy } from '../proofs/policy.ts'
import { checkReceipt } from '../proofs/receipt.ts'
import { takeBalances, type Balances } from './balances.ts'
import { Fault } from './fault.ts'
import { findForks, keysOf, readPile, sortOwn, sortSigned } from './forks.ts'
import type { ContractHead } from './contract.ts'
import { exitCodes, judge, newestOf, type Finding, type HeldCheckpoint, type Trust } from './judge.ts'
import { BeyondEnd, readOptions, usage, type Options } from './options.ts'
import { presentBalances } from './present-balances.ts'
import { readExport, Unreadable, type FiledCheckpoint, type ReadExport } from './read-export.ts'
import { countEntries, printable } from './words.ts'

// `npm run verify`: without a database, and without a network but with --rpc. The result goes to stdout, progress to
// stderr.

const notLookedAt =
  'Whether the log signed these checkpoints was not looked at: give a policy (--policy FILE).'

const options = readCommandLine()
const { finding, details } = await run(options).catch((error: unknown): Outcome => {
  if (error instanceof Fault) return found('diverged', [`accounts.json ${error.message}.`])
  if (error instanceof BeyondEnd) {
    console.error(error.message)
    process.exit(2)
  }
  const isUnreadable = error instanceof Unreadable || error instanceof TypedError
  if (isUnreadable || (error as NodeJS.ErrnoException).code !== undefined) {
    return found('unreadable', [(error as Error).message])
  }
  throw error
})
const code = exitCodes[finding.verdict]
if (options.json) console.log(JSON.stringify({ ...finding, exit: code, ...details }, writeBigints))
else {
  const headings = {
    whole: 'Whole.',
    keys_not_trusted: 'Keys not trusted.',
    diverged: 'Diverged.',
    unreadable: 'Unreadable.',
  }
  console.log([headings[finding.verdict], ...finding.words.map(printable)].join('\n'))
  if ('balances' in details) console.log(presentBalances(details.balances as Balances))
}
process.exitCode = code

function readCommandLine(): Options {
  let asked: Options | null
  try {
    asked = readOptions(process.argv.slice(2))
  } catch (error) {
    console.error((error as Error).message)
    process.exit(2)
  }
  if (asked !== null) return asked
  console.log(usage)
  process.exit(0)
}

interface Outcome {
  readonly finding: Finding
  /** For --json; balances are printed, too. */
  readonly details: Readonly<Record<string, unknown>>
}

function found(verdict: Finding['verdict'], words: string[], details: Outcome['details'] = {}): Outcome {
  return { finding: { verdict, words }, details }
}

async function run(asked: Options): Promise<Outcome> {
  const policy = asked.policy === null ? null : await readPolicy(asked.policy)
  if (asked.receipt !== null) return runReceipt(asked.receipt, policy)
  const pile = await readPile(asked.checkpoints)
  if (asked.exportPath === null) return runPile(pile, policy)
  return runExport(asked.exportPath, asked, { policy, pile })
}

async function readPolicy(file: string): Promise<Policy> {
  try {
    return parsePolicy(await readNamedFile(file))
  } catch (error) {
    if (error instanceof ProofError) throw new Unreadable(`${file}: ${error.message}`)
    throw error
  }
}

async function runReceipt(file: string, policy: Policy | null): Promise<Outcome> {
  if (!policy) return found('keys_not_trusted', ['A receipt is checked against a policy: --policy FILE.'])
  const receipt = await readNamedFile(file)
  if (receipt.length === 0) throw new TypedError(`${file} is empty.`)
  try {
    const { entry, proof, vouchers } = checkReceipt(receipt, policy)
    const names = vouchers.witnesses.map(({ witness }) => witness.name)
    const { origin, size } = proof.checkpoint
    return found(
      'whole',
      [
        `This is entry ${proof.index} of ${origin}, which had ${countEntries(size)} when that was signed` +
          `${names.length > 0 ? ` and witnessed by ${names.join(', ')}` : ''}:`,
        Buffer.from(entry).toString('latin1'),
      ],
      { index: proof.index, origin, size, witnesses: names, entry: Buffer.from(entry).toString('latin1') },
    )
  } catch (error) {
    if (!(error instanceof ProofError)) throw error
    const untrusted = ['log_unknown', 'signature_missing', 'quorum_missing'].includes(error.code)
    const isFalse = ['signature_wrong', 'inclusion_wrong'].includes(error.code)
    return found(untrusted ? 'keys_not_trusted' : isFalse ? 'diverged' : 'unreadable', [error.message])
  }
}

function runPile(pile: readonly FiledCheckpoint[], policy: Policy | null): Outcome {
  const { counted, ignored } = policy
    ? sortSigned(
        pile,
        policy.logs.map(({ key }) => key),
      )
    : { counted: pile, ignored: [notLookedAt] }
  const forks = findForks(counted)
  if (forks.length > 0) return found('diverged', [...forks, ...ignored])
  const words = [
    counted.length === 1
      ? 'One checkpoint alone contradicts nothing: name others, or an export.'
      : `No two of the ${counted.length} checkpoints contradict each other. (Those of different sizes can be compared with ` +
        'the entries only: name an export, too.)',
  ]
  return found(ignored.length === 0 ? 'whole' : 'keys_not_trusted', [...words, ...ignored])
}

async function runExport(
  path: string,
  asked: Options,
  { policy, pile }: { policy: Policy | null; pile: readonly FiledCheckpoint[] },
): Promise<Outcome> {
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: '{bar} {percentage} % | {value} of {total} entries | {eta_formatted} to go',
        stream: process.stderr,
      })
    : null
  const head = await askHead(asked)
  if (head && 'verdict' in head) return { finding: head, details: {} }
  let balances: Balances | null = null
  const read = await readExport(path, {
    sizes: [...pile, ...(head ? [head.newest] : [])].map(({ size }) => size),
    onEntry(size, total) {
      if (!bar || size % 5000 !== 1) return
      if (size === 1) bar.start(total, 0)
      bar.update(size)
    },
    beforeEntry({ index, postedAt }, replay) {
      const { asOf } = asked
      if (asOf === null) return
      // Before its first transaction a network's own clock may be put back, so entries by then may follow later ones.
      const isBy = typeof asOf === 'number' ? index <= asOf : postedAt <= asOf
      balances = isBy ? null : (balances ?? takeBalances(replay))
    },
  }).finally(() => bar?.stop())
  const { size, wrong } = read.played
  if (typeof asked.asOf === 'number' && asked.asOf >= size && !wrong) {
    throw new BeyondEnd(
      `--as-of ${asked.asOf}: ${path} has ${countEntries(size)}${size > 0 ? `, 0 to ${size - 1}` : ''}. Name one of them, or a time.`,
    )
  }
  const finding = await judgeExport(read, asked, { policy, pile, head })
  const details = {
    entries: read.played.size,
    checkpoint: newestOf(read.checkpoints)?.note.text,
    ...(read.played.wrong && { wrong: read.played.wrong }),
    // After a wrong entry nothing can be counted.
    ...(!read.played.wrong && { balances: balances ?? takeBalances(read.replay) }),
  }
  return { finding, details }
}

async function judgeExport(
  read: ReadExport,
  asked: Options,
  {
    policy,
    pile,
    head,
  }: { policy: Policy | null; pile: readonly FiledCheckpoint[]; head: ContractHead | null },
): Promise<Finding> {
  const { counted, ignored } = sortPile(read, { policy, pile })
  const remarks = pile.length > 0 && !policy ? [...ignored, notLookedAt] : ignored
  const forks = findForks([...counted, ...read.checkpoints])
  if (forks.length > 0) return { verdict: 'diverged', words: [...forks, ...remarks] }
  const contract = await findContract(read, asked, head)
  if ('verdict' in contract) return contract
  const held = counted.map(({ file, size, root }) => ({ holder: file, size, root, vouches: false }))
  const finding = judge(read, {
    policy,
    checkpoints: [...held, ...contract],
    ...contractOriginOf(read, asked, head),
  })
  return {
    verdict: finding.verdict === 'whole' && ignored.length > 0 ? 'keys_not_trusted' : finding.verdict,
    words: [...finding.words, ...remarks],
  }
}

/** Of which log the auditor's contract is: as it says itself where it can be asked, else as the entries named it. */
function contractOriginOf(
  { replay }: ReadExport,
  { contract }: Options,
  head: ContractHead | null,
): Pick<Trust, 'contractOrigin'> {
  const contractOrigin = head?.origin ?? replay.books.members.contracts.get(contract?.toLowerCase() ?? '')
  return contractOrigin === undefined ? {} : { contractOrigin }
}

/** Held checkpoints that an export is compared with: of its own origins, and signed by them where there is a policy. */
function sortPile(
  { checkpoints, replay }: ReadExport,
  { policy, pile }: { policy: Policy | null; pile: readonly FiledCheckpoint[] },
) {
  const { members } = replay.books
  const origins = new Set(checkpoints.flatMap(({ origin }) => [...members.linkedOrigins(origin)]))
  const own = sortOwn(pile, origins)
  if (own.counted.length === 0) return own
  // What the policy's log was called before, and with which key, its entries say.
  const signed = policy
    ? sortSigned(own.counted, [...policy.logs.map(({ key }) => key), ...keysOf(members.origins)])
    : { counted: own.counted, ignored: [] }
  return { counted: signed.counted, ignored: [...own.ignored, ...signed.ignored] }
}

// What speaks with chains takes as much memory as half a million entries: it is loaded only when asked for.

async function askHead({ contract, rpc }: Options): Promise<ContractHead | Finding | null> {
  if (contract === null || rpc === null) return null
  const chain = await import('./contract.ts')
  return chain.askHead({ contract, rpc })
}

async function findContract(
  read: ReadExport,
  { contract, block, rpc }: Options,
  head: ContractHead | null,
): Promise<HeldCheckpoint[] | Finding> {
  if (contract === null) return []
  const chain = await import('./contract.ts')
  return head && rpc !== null
    ? chain.askContract(read, head, { contract, rpc })
    : chain.proveContract(read, { contract, block: block! })
}

function writeBigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
