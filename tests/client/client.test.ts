import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { readDocument } from '../../api/client/document.ts'
import { printTypes } from '../../api/client/print-types.ts'
import { createTallystick } from '../../clients/typescript/index.js'
import { openHighStreet } from '../support/high-street.ts'

const run = promisify(execFile)
const folder = join(import.meta.dirname, '../../clients/typescript')

test('the client’s types are those of the API as it is; after a change of routes: npm run client', async () => {
  const committed = await readFile(join(folder, 'schema.d.ts'), 'utf8')
  expect(committed === printTypes(await readDocument())).toBe(true)
})

test('the package holds the client and nothing else', async () => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json'], { cwd: folder })
  const [packed] = JSON.parse(stdout)
  expect(packed.files.map(({ path }: { path: string }) => path).toSorted()).toEqual([
    'README.md',
    'index.d.ts',
    'index.js',
    'package.json',
    'schema.d.ts',
  ])
})

test('its types hold by themselves, without the checks that are skipped for libraries', async () => {
  const options = '--ignoreConfig --noEmit --strict --module nodenext --target es2024 --types node'
  const tsc = join(folder, '../../node_modules/.bin/tsc')
  await expect(run(tsc, [...options.split(' '), join(folder, 'index.d.ts')])).resolves.toMatchObject({
    stdout: '',
  })
})

test('a till sells with it; a replay, a refusal and a lost sign-in come as they are', async () => {
  const street = await openHighStreet()
  onTestFinished(() => street.close())
  const { wallet } = await street.join()
  const till = createTallystick({ url: street.api.url, token: () => street.bakery.key })
  const params = { header: { 'Idempotency-Key': randomUUID() } }
  const body = { ...street.bakery.sale(), wallet, amount_minor: 1250 }
  const sold = await till.POST('/v1/purchases', { params, body })
  expect(sold.data).toMatchObject({ points: 12, wallet: { available: 12 } })
  const again = await till.POST('/v1/purchases', { params, body })
  expect(again.data).toEqual(sold.data)
  expect(again.response.headers.get('idempotent-replayed')).toBe('true')
  const refused = await till.POST('/v1/purchases', { params, body: { ...body, amount_minor: 99 } })
  expect(refused.error?.code).toBe('idempotency_key_reused')
  const nobody = createTallystick({ url: street.api.url })
  expect((await nobody.GET('/v1/merchants')).error?.code).toBe('unauthenticated')
})
