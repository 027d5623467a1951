import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { signWitnessChange } from '../anchor/anchor-message.ts'
import { describeProposal, parseProposal } from '../anchor/witness-sets.ts'
import { explainArguments, giveHelp, readNamedFile } from '../command-line.ts'
import { parsePolicy } from '../proofs/policy.ts'
import { formatVerifierKey, keyTypes, parseVerifierKey, type VerifierKey } from '../proofs/note.ts'
import { serveWitness } from './add-checkpoint.ts'
import { explain, followLog, followOnce, isTrouble } from './follow.ts'
import { makeKeyFile, presentKeys, readKeyFile } from './key-file.ts'
import { createLogClient, type LogClient } from './log-client.ts'
import { ForkSeen, openMemory, type Memory } from './memory.ts'
import { createWitness } from './witness.ts'

// `npm run witness`: a member's own process, with its own key and memory; no database.

const usage = `Usage: npm run witness -- --log URL --key FILE --state FOLDER [--log-key VKEY] [--listen HOST:PORT] [--once]
       npm run witness -- --new-key FILE --name NAME
       npm run witness -- --sign-change PROPOSAL --key FILE

--log      the log, as in https://points.example.org/log/riverside
--key      the witness's keys, made with --new-key; NAME is for example bakery.example/witness
--state    a folder for what it has seen; not to be lost, not to be copied
--log-key  the log's own key, from elsewhere than the log; without it the first answer is believed, once
--listen   also answer tlog-witness' add-checkpoint there
--once     co-sign what is offered now, and end
--sign-change  sign other witnesses for the contract, as the file says; look at what it says before you hand on the signature

Ends with 0 when told to, 1 for a fault, 3 for a fork.`

const forkExitCode = 3
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

try {
  await run()
  process.exit(0)
} catch (error) {
  const seen = stopping.signal.reason instanceof ForkSeen ? stopping.signal.reason : error
  console.error(isTrouble(seen) ? explain(seen) : seen instanceof Error ? seen.message : seen)
  process.exit(seen instanceof ForkSeen ? forkExitCode : 1)
}

async function run(): Promise<void> {
  const wish = readArguments()
  if (wish.newKey !== null) {
    const { vkey, chainAddress } = presentKeys(await makeKeyFile(wish.newKey, wish.name))
    say(`The keys are in ${wish.newKey}. Keep them secret. For the operator of the network:`)
    console.log(`vkey ${vkey}\nchain ${chainAddress}`)
    return
  }
  const keys = await readKeyFile(wish.key)
  if (wish.signChange !== null) {
    await signChange(keys.chain, wish.signChange)
    return
  }
  const memory = await openMemory(wish.state)
  try {
    const log = createLogClient(wish.log, stopping.signal)
    const witness = createWitness({ keys, memory, log: await chooseLog(memory, log, wish.logKey) })
    const following = { witness, log, signal: stopping.signal, say, toldOf: new Set<number>() }
    const server =
      wish.listen &&
      (await listen(
        serveWitness(witness, (fork) => stopping.abort(fork)),
        wish.listen,
      ))
    say(`${keys.note.name} follows ${witness.log.name}. Ctrl-C stops it.`)
    if (wish.once) await followOnce(following)
    else await followLog(following)
    if (server) server.closeAllConnections()
    if (stopping.signal.reason instanceof ForkSeen) throw stopping.signal.reason
  } finally {
    await memory.close()
  }
}

/** Says what it is that it signs; the signature, for the operator, goes to stdout. */
async function signChange(key: string, file: string): Promise<void> {
  const proposal = parseProposal((await readNamedFile(file)).toString('utf8'))
  console.error(describeProposal(proposal))
  console.log(await signWitnessChange(key, proposal.contract, proposal.change))
}

/** The log's key: as told, else as remembered, else as the log says itself, which is then remembered. */
async function chooseLog(memory: Memory, log: LogClient, told: VerifierKey | null): Promise<VerifierKey> {
  if (memory.vkey !== null) {
    if (told && formatVerifierKey(told) !== memory.vkey) {
      throw new Error(`This --state follows the log of ${memory.vkey}. Use another folder for another log.`)
    }
    return parseVerifierKey(memory.vkey)
  }
  const chosen = told ?? parsePolicy(await log.readPolicy()).logs[0]?.key
  if (!chosen) throw new Error('The log does not tell its key. Give it with --log-key.')
  await memory.follow(formatVerifierKey(chosen))
  if (!told) {
    say(
      `The log gives its key as ${formatVerifierKey(chosen)}. Compare it with what the operator has published.`,
    )
  }
  return chosen
}

async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<Server> {
  await new Promise<void>((done, failed) => {
    server.once('error', (error) => failed(new Error(`Can't listen on ${host}:${port}: ${error.message}.`)))
    server.listen(port, host, done)
  })
  const { port: actual } = server.address() as AddressInfo
  say(`Listening on http://${host}:${actual}/add-checkpoint`)
  return server
}

interface Wish {
  readonly newKey: string | null
  readonly signChange: string | null
  readonly name: string
  readonly log: string
  readonly key: string
  readonly state: string
  readonly logKey: VerifierKey | null
  readonly listen: { readonly host: string; readonly port: number } | null
  readonly once: boolean
}

function readArguments(): Wish {
  giveHelp(usage)
  const text = { type: 'string' } as const
  const options = {
    log: text,
    key: text,
    state: text,
    'log-key': text,
    listen: text,
    once: { type: 'boolean' },
    'new-key': text,
    'sign-change': text,
    name: text,
  } as const
  const { values } = orUsage(() => parseArgs({ options }))
  const { log = '', key = '', state = '', name = '', once = false } = values
  const newKey = values['new-key'] ?? null
  const signChange = values['sign-change'] ?? null
  const isWhole =
    newKey !== null ? name !== '' : key !== '' && (signChange !== null || (URL.canParse(log) && state !== ''))
  if (!isWhole) throw new Error(usage)
  const told = values['log-key']
  const logKey = told === undefined ? null : orUsage(() => parseVerifierKey(told))
  if (logKey && logKey.type !== keyTypes.ed25519) throw new Error(`--log-key is no key of a log.\n${usage}`)
  return { newKey, signChange, name, log, key, state, logKey, once, listen: parseListen(values.listen) }
}

function parseListen(text: string | undefined): Wish['listen'] {
  if (text === undefined) return null
  const [, host = '', port = ''] = /^(.+):([0-9]{1,5})$/.exec(text) ?? []
  if (host === '' || Number(port) > 65_535) throw new Error(`--listen is HOST:PORT.\n${usage}`)
  return { host, port: Number(port) }
}

function orUsage<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new Error(`${explainArguments(error)}\n${usage}`, { cause: error })
  }
}

function say(text: string): void {
  console.error(`${new Date().toISOString()} ${text}`)
}
