import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChain } from '../../contracts/chain.ts'
import { withEnvironment } from '../config.ts'
import { fail, whenTold } from '../process.ts'

// `npm run demo:chain`: a chain on loopback, the server with its demonstration, three witnesses in processes of their own, and
// the contract that counts their signatures. All of it is gone afterwards.

/** Of Hardhat's first account, which everybody knows: worth nothing but here. */
const demoKey = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const operator = { email: 'operator@tallystick.localhost', password: 'three witnesses see it' }
const network = 'riverside'
const members = ['bakery', 'bookshop', 'cheese'] as const
const quorum = 2
const lookPauseMs = 500

const stopping = whenTold()
const running: ChildProcess[] = []
const folder = await mkdtemp(join(tmpdir(), 'tallystick-demo-chain-'))
const dataFolder = join(folder, 'data')
const chain = await startChain()
try {
  await Promise.race([run(), stopping])
  await stopping
} catch (error) {
  await clear()
  fail(error)
}
await clear()
process.exit(0)

async function run(): Promise<void> {
  say(`A chain listens at ${chain.rpcUrl} (chain 31337).`)
  const url = await startServer()
  const token = await signIn(url)
  const witnesses = await Promise.all(members.map(makeWitness))
  await call(`${url}/v1/networks/${network}/witnesses`, token, {
    method: 'PUT',
    body: JSON.stringify({
      quorum,
      witnesses: witnesses.map(({ vkey, address }, i) => ({
        name: members[i],
        vkey,
        chain_address: address,
      })),
    }),
  })
  const [contract] = await linesOf('api/anchor/deploy.ts', ['--network', network])
  say(`The contract is ${contract}: ${quorum} of ${members.length} witnesses make a checkpoint count.`)
  say(`Sign in as ${operator.email} with "${operator.password}".`)
  const log = `${url}/log/${network}`
  for (const { key, state } of witnesses) {
    start('ledger/witness/main.ts', ['--log', log, '--key', key, '--state', state])
  }
  for (let told = 0; ; await sleep(lookPauseMs)) {
    const { anchors } = (await call(log, token)) as { anchors: { size: number; transaction: string }[] }
    const [newest] = anchors
    if (!newest || newest.size === told) continue
    told = newest.size
    say(`Anchored: ${told} entries, by transaction ${newest.transaction}.`)
  }
}

/** `npm start` with a database and a demonstration of its own; where it listens. */
async function startServer(): Promise<string> {
  const server = start('api/main.ts', [])
  const line = await new Promise<string>((heard, ended) => {
    createInterface(server.stdout!).on('line', (line) => {
      // How one signs in here is said further down.
      if (!line.startsWith('Sign in as ')) say(line)
      if (line.includes('ready at')) heard(line)
    })
    server.once('exit', (code) => ended(new Error(`The server ended with ${code}.`)))
  })
  return /ready at (\S+?)\.? /.exec(line)![1]!
}

async function signIn(url: string): Promise<string> {
  const answer = await call(`${url}/v1/sessions`, null, {
    method: 'POST',
    body: JSON.stringify({ ...operator, network }),
  })
  return (answer as { token: string }).token
}

async function makeWitness(
  name: string,
): Promise<{ key: string; state: string; vkey: string; address: string }> {
  const key = join(folder, `${name}.key`)
  const lines = await linesOf('ledger/witness/main.ts', [
    '--new-key',
    key,
    '--name',
    `${name}.example/witness`,
  ])
  const said = new Map(lines.map((line) => line.split(' ') as [string, string]))
  return { key, state: join(folder, `${name}-state`), vkey: said.get('vkey')!, address: said.get('chain')! }
}

async function call(url: string, token: string | null, init: RequestInit = {}): Promise<unknown> {
  const headers = {
    'Content-Type': 'application/json',
    ...(token !== null && { Authorization: `Bearer ${token}` }),
  }
  const answer = await fetch(url, { ...init, headers })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`)
  return JSON.parse(text)
}

/** A program of ours in a process of its own, which ends with this one. `onWords`: where it speaks to people (stderr). */
function start(
  program: string,
  args: readonly string[],
  onWords: 'inherit' | 'pipe' = 'inherit',
): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../..', program), ...args], {
    env: withEnvironment({
      // Else every question of a witness would be a line on the terminal.
      LOG_LEVEL: 'warn',
      DATABASE_URL: '',
      DATABASE_ADMIN_URL: '',
      TALLY_DATA: dataFolder,
      TALLY_DEMO: 'on',
      TALLY_WORKER: 'on',
      TALLY_OPERATOR_EMAIL: operator.email,
      TALLY_OPERATOR_PASSWORD: operator.password,
      ANCHOR_RPC_URL: chain.rpcUrl,
      ANCHOR_KEY: demoKey,
      ANCHOR_CONFIRMATIONS: '1',
      ANCHOR_EVERY_MINUTES: '1',
      ANCHOR_EVERY_ENTRIES: '1',
    }),
    stdio: ['ignore', 'pipe', onWords],
  })
  running.push(child)
  return child
}

/** What a program prints before it ends well. Its words lead up to those lines, so they are shown only if it fails. */
async function linesOf(program: string, args: readonly string[]): Promise<string[]> {
  const child = start(program, args, 'pipe')
  const lines: string[] = []
  const words: string[] = []
  createInterface(child.stdout!).on('line', (line) => lines.push(line))
  createInterface(child.stderr!).on('line', (line) => words.push(line))
  const code = await new Promise((ended) => child.once('close', ended))
  if (code !== 0) throw new Error([`${program} ended with ${String(code)}.`, ...words].join('\n'))
  return lines
}

/** Ends what was started, the server last, and removes what it wrote. */
async function clear(): Promise<void> {
  for (const child of running.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const ended = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    await ended
  }
  await chain.stop()
  await rm(folder, { recursive: true, force: true })
}

function say(line: string): void {
  console.log(line)
}
