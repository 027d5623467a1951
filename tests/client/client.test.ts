import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { readDocument } from '../../api/client/document.ts'
import { printTypes } from '../../api/client/print-types.ts'
import { createTallystick } from '../../clients/typescript/index.js'
import { openHighStreet } from '../support/high-street.ts'

const run = promisify(execFile)
const folder = join(import.meta.dirname, '../../clients/typescript')
const modules = join(import.meta.dirname, '../../node_modules')

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

test('installed from its tarball in a new TypeScript project it compiles, tells wrong fields, and runs', async () => {
  const project = await mkdtemp(join(tmpdir(), 'tallystick-client-'))
  onTestFinished(() => rm(project, { recursive: true }))
  const installed = join(project, 'node_modules/@tallystick/client')
  await mkdir(installed, { recursive: true })
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: folder })
  const [{ filename }] = JSON.parse(stdout)
  await run('tar', ['-xzf', join(project, filename), '-C', installed, '--strip-components=1'])
  const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
  // What npm would install beside it.
  for (const name of [...Object.keys(dependencies), 'openapi-typescript-helpers', '@types']) {
    await symlink(join(modules, name), join(project, 'node_modules', name))
  }
  await writeFile(join(project, 'package.json'), '{ "type": "module" }')
  await writeFile(
    join(project, 'sell.ts'),
    `import { createTallystick } from '@tallystick/client'
    const till = createTallystick({ url: 'http://127.0.0.1:1', token: 'tk_none' })
    const sell = async () => {
      const { data, error } = await till.GET('/v1/rules/earning')
      const rate: string | undefined = data?.data[0]?.points_per_currency_unit
      // @ts-expect-error -- no rule has one
      data?.data[0]?.points_per_pound
      return rate ?? error?.code
    }
    console.log(typeof sell, await sell().catch((refused: Error) => refused.message))`,
  )
  const options = '--ignoreConfig --noEmit --strict --module nodenext --target es2024 --types node'
  const compiled = await run(join(modules, '.bin/tsc'), [...options.split(' '), 'sell.ts'], { cwd: project })
  expect(compiled.stdout).toBe('')
  const ran = await run(process.execPath, ['sell.ts'], { cwd: project })
  expect(ran.stdout).toBe('function fetch failed\n')
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
