import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { makeDataFolder, readRunning, removeDataFolder, startServer } from '../support/server.ts'
import { startImport } from './run-import.ts'

const operator = { email: 'operator@example.org', password: 'correct horse battery staple' }

/** A server on an embedded database of its own, and a file of so many purchases by fifty customers. */
async function startWithPurchases(count: number) {
  const folder = await makeDataFolder()
  const file = join(folder, 'purchases.csv')
  const lines = Array.from({ length: count }, (_, i) => `p${i},bakery,c${i % 50},2017-01-01T07:30:27Z,200,1`)
  await writeFile(
    file,
    ['purchase_id,store,customer,purchased_at,amount_minor,items', ...lines, ''].join('\n'),
  )
  const runImport = () =>
    startImport(['--network', 'town', '--file', file, '--json'], { TALLY_DATA: folder }).ended
  const server = startServer({
    env: {
      TALLY_DATA: folder,
      TALLY_OPERATOR_EMAIL: operator.email,
      TALLY_OPERATOR_PASSWORD: operator.password,
    },
  })
  return { folder, runImport, server }
}

test('an import works beside npm start and without it, on the same embedded database', async () => {
  const { folder, runImport, server } = await startWithPurchases(100)
  try {
    await makeTown(await server.ready)
    const beside = await runImport()
    expect(beside).toMatchObject({ how: 0, result: { purchases: 100, issued_points: 200, replayed: 0 } })
  } finally {
    server.process.kill('SIGTERM')
    await server.ended
  }
  try {
    const without = await runImport()
    expect(without).toMatchObject({ how: 0, result: { purchases: 100, issued_points: 200, replayed: 100 } })
  } finally {
    await removeDataFolder(folder)
  }
})

test('an import whose server is stopped says what to do, and the same command goes on', async () => {
  const { folder, runImport, server } = await startWithPurchases(20_000)
  try {
    await makeTown(await server.ready)
    const cut = { isOver: false }
    const cutOff = runImport().finally(() => (cut.isOver = true))
    const admin = new Client({ connectionString: (await readRunning(folder)).url })
    await admin.connect()
    admin.on('error', () => {})
    for (let count = 0; count < 500 && !cut.isOver;) {
      await sleep(50)
      count = (await admin.query('select count(*)::int as count from ledger.transaction')).rows[0].count
    }
    await admin.end()
    server.process.kill('SIGTERM')
    const { how, stdout, stderr } = await cutOff
    expect({ how, stdout, stderr }).toMatchObject({ how: 1, stdout: '' })
    expect(stderr).toMatch(/^The database stopped.* run the same command again to go on/)
    expect(stderr.trim()).not.toContain('\n')
  } finally {
    server.process.kill('SIGTERM')
    await server.ended
  }
  try {
    const { how, result } = await runImport()
    expect({ how, result }).toMatchObject({ how: 0, result: { purchases: 20_000, rejected: 0 } })
    expect(result!.replayed).toBeGreaterThan(499)
    expect(result!.replayed).toBeLessThan(20_000)
  } finally {
    await removeDataFolder(folder)
  }
}, 240_000)

async function makeTown(url: string): Promise<void> {
  const send = async (method: string, path: string, body: object, token?: string) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
    expect(answer.status).toBe(201)
    return (await answer.json()) as { token: string }
  }
  const { token } = await send('POST', '/v1/sessions', operator)
  const network = { slug: 'town', name: 'Town', currency: 'USD', point_face_value_minor: 1 }
  await send('POST', '/v1/networks', network, token)
  const inTown = await send('POST', '/v1/sessions', { ...operator, network: 'town' })
  const rule = { points_per_currency_unit: '1', rounding: 'down', expires_after_months: null }
  await send('PUT', '/v1/rules/earning', rule, inTown.token)
}
