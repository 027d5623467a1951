import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../api/config.ts'
import { openSecret } from '../../api/secret.ts'

const secret = 'A'.repeat(43)

test('with nothing set it runs on this machine alone, with its own database and the demonstration', () => {
  expect(readConfig({})).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    dataFolder: '.data',
    demo: true,
    trustProxy: 0,
    requestsPerSecond: 200,
  })
  expect(readConfig({}).databaseUrl).toBeUndefined()
})

test('an empty variable counts as none', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({ port: 3000, databaseUrl: undefined })
})

test('all faults are listed at once, each under its name', () => {
  const variables = {
    PORT: '70000',
    DATABASE_URL: 'mysql://somewhere',
    TALLY_SECRET: 'short',
    TALLY_OPERATOR_EMAIL: 'nobody',
    TALLY_DEMO: 'perhaps',
    SMTP_URL: 'http://mail',
    TALLY_TRUST_PROXY: 'everyone',
    TALLY_REQUESTS_PER_SECOND: '99',
  }
  const message = messageOf(() => readConfig(variables))
  for (const name of Object.keys(variables)) expect(message).toContain(`  ${name}: `)
})

test('a fault never repeats a secret', () => {
  const message = messageOf(() => readConfig({ TALLY_SECRET: 'hush!', TALLY_OPERATOR_PASSWORD: 'hush' }))
  expect(message).not.toContain('hush')
})

test('a misspelt setting is refused with the name that was meant, beside all other faults', () => {
  const message = messageOf(() =>
    readConfig({
      TALLY_DEOM: 'off',
      TALLY_PUBLIC_ULR: 'https://x',
      tally_worker: 'off',
      TALLY_XYZ: '1',
      PORT: '-1',
    }),
  )
  expect(message).toContain('  TALLY_DEOM: is no setting; did you mean TALLY_DEMO?')
  expect(message).toContain('  TALLY_PUBLIC_ULR: is no setting; did you mean TALLY_PUBLIC_URL?')
  expect(message).toContain('  tally_worker: is no setting; did you mean TALLY_WORKER?')
  expect(message).toContain('  TALLY_XYZ: is no setting; docs/production.md names them all')
  expect(message).toContain('  PORT: ')
  expect(message).not.toContain('https://x')
})

test('what is not ours, or empty, is no fault', () => {
  const variables = { HOME: '/root', TALLYMAN: '1', TALLY_DEOM: '', TALLY_TEST_LONG: '1' }
  expect(readConfig(variables)).toEqual(readConfig({}))
})

test('a database of its own demands the secret that all its processes share, and no demonstration is made there', () => {
  const url = 'postgres://api@db.example/tally'
  expect(messageOf(() => readConfig({ DATABASE_URL: url }))).toContain(
    'TALLY_SECRET: is required with DATABASE_URL',
  )
  const config = readConfig({ DATABASE_URL: url, TALLY_SECRET: secret })
  expect(config).toMatchObject({ databaseUrl: url, databaseAdminUrl: url, demo: false })
  expect(config.secret).toHaveLength(32)
})

test('a chain is told by its node alone; without one nothing is anchored, and a key is never repeated', () => {
  const key = `0x${'ab'.repeat(32)}`
  expect(readConfig({}).anchor).toBeUndefined()
  expect(readConfig({ ANCHOR_KEY: key })).toMatchObject({ anchor: undefined, anchorKey: key })
  const anchor = { ANCHOR_RPC_URL: 'https://node.example', ANCHOR_CONFIRMATIONS: '12' }
  expect(readConfig(anchor).anchor).toEqual({
    rpcUrl: 'https://node.example',
    key: undefined,
    confirmations: 12,
    everyMinutes: 60,
    everyEntries: 10_000,
  })
  expect(readConfig({ ANCHOR_RPC_URL: 'http://127.0.0.1:8545' }).anchor?.confirmations).toBe('finalized')
  const faulty = { ANCHOR_RPC_URL: 'ws://node', ANCHOR_KEY: `${key}00`, ANCHOR_CONFIRMATIONS: 'soon' }
  const message = messageOf(() => readConfig(faulty))
  for (const name of Object.keys(faulty)) expect(message).toContain(`  ${name}: `)
  expect(message).not.toContain('abab')
})

test('an operator is named with both e-mail and password, or not at all', () => {
  expect(messageOf(() => readConfig({ TALLY_OPERATOR_EMAIL: 'a@example.org' }))).toContain(
    'TALLY_OPERATOR_PASSWORD: ',
  )
  expect(messageOf(() => readConfig({ TALLY_OPERATOR_PASSWORD: 'long enough to be one' }))).toContain(
    '_EMAIL: ',
  )
})

test.each([
  ['2', 2],
  ['loopback, 10.0.0.0/8', 'loopback, 10.0.0.0/8'],
])('proxies in front are so many, or those: %s', (given, trustProxy) => {
  expect(readConfig({ TALLY_TRUST_PROXY: given }).trustProxy).toBe(trustProxy)
})

test('the configuration can not be changed afterwards', () => {
  expect(Object.isFrozen(readConfig({}))).toBe(true)
})

test('the secret is made once, kept for its owner alone, and a damaged one is not replaced', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'tallystick-test-'))
  try {
    const all = await Promise.all(
      Array.from({ length: 5 }, () => openSecret({ secret: undefined, dataFolder })),
    )
    expect(new Set(all.map((one) => one.toString('hex'))).size).toBe(1)
    expect((await stat(join(dataFolder, 'secret'))).mode & 0o777).toBe(0o600)
    await writeFile(join(dataFolder, 'secret'), 'cut')
    await expect(openSecret({ secret: undefined, dataFolder })).rejects.toThrow('is damaged')
  } finally {
    await rm(dataFolder, { recursive: true })
  }
})

function messageOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  throw new Error('expected a refusal')
}
