import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemCodes } from '../../api/http/problems.ts'
import { startApi, type TestApi } from '../support/api.ts'

interface Operation {
  operationId: string
  summary: string
  security: object[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
  parameters?: { name: string; in: string; required?: boolean }[]
}

let api: TestApi
let text: string
let document: {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Record<string, unknown>> }
}

beforeAll(async () => {
  api = await startApi()
  const answer = await api.call('get', '/openapi.json')
  text = answer.text
  document = answer.body
})
afterAll(() => api.close())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

test('the document is OpenAPI 3.1 and names each operation once', () => {
  expect(document.openapi).toMatch(/^3\.1\./)
  const ids = operations().map(({ operation }) => operation.operationId)
  expect(ids.length).toBeGreaterThan(15)
  expect(new Set(ids).size).toBe(ids.length)
})

test('every call of the contract’s first part is in it', () => {
  const calls = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`)
  expect(calls).toEqual(
    expect.arrayContaining([
      'POST /v1/sessions',
      'DELETE /v1/sessions',
      'GET /.well-known/jwks.json',
      'POST /v1/networks',
      'GET /v1/networks',
      'GET /v1/networks/{slug}',
      'PATCH /v1/networks/{slug}',
      'POST /v1/merchants',
      'GET /v1/merchants',
      'GET /v1/merchants/{id}',
      'PATCH /v1/merchants/{id}',
      'POST /v1/merchants/{id}/tills',
      'GET /v1/merchants/{id}/tills',
      'DELETE /v1/merchants/{id}/tills/{till}',
      'PUT /v1/rules/earning',
      'GET /v1/rules/earning',
      'POST /v1/customers',
      'POST /v1/purchases',
      'POST /v1/redemptions',
      'POST /v1/holds',
      'POST /v1/gifts',
      'GET /v1/transactions',
      'GET /v1/wallets/{id}',
    ]),
  )
})

test('every operation in it is answered by the application', async () => {
  for (const { path, method } of operations()) {
    const address = path.replaceAll(/\{\w+\}/g, 'x')
    const answer = await api.call(method as 'get', address)
    expect({ path, method, status: answer.status }).not.toMatchObject({ status: 405 })
    // An address that nothing answers says not_found before anything else, as does a malformed id to anyone.
    const known = path.includes('{') || answer.body?.code !== 'not_found'
    expect({ path, method, known }).toMatchObject({ known: true })
  }
})

test('every reference in it leads somewhere', () => {
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    expect(document.components.schemas).toHaveProperty(name!)
  }
  expect(text.match(/"\$ref":"(?!#\/components\/)/)).toBeNull()
})

test('every path parameter in it is declared', () => {
  for (const { path, operation } of operations()) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = (operation.parameters ?? []).filter((each) => each.in === 'path').map(({ name }) => name)
    expect(declared.toSorted()).toEqual(named.toSorted())
  }
})

test('bodies say that unknown fields are refused', () => {
  const bodies = operations().flatMap(
    ({ operation }) => operation.requestBody?.content['application/json'] ?? [],
  )
  expect(bodies.length).toBeGreaterThan(5)
  expect(operations().length).toBeGreaterThan(bodies.length)
  for (const { schema } of bodies) expect(JSON.stringify(schema)).toContain('"additionalProperties":false')
})

test('every refusal has the form of a problem, with all codes there are', () => {
  const problem = document.components.schemas['Problem'] as { properties: { code: { enum: string[] } } }
  expect(problem.properties.code.enum).toEqual(problemCodes)
  for (const { operation } of operations()) {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (Number(status) < 400) continue
      expect(content).toEqual({
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      })
    }
  }
})

test('points and minor units are whole numbers in it, never more than JSON carries', () => {
  const put = document.paths['/v1/rules/earning']!['put']!
  const schema = JSON.stringify(put.requestBody)
  expect(schema).toContain('"maximum":9007199254740991')
  expect(schema).toContain('"type":"integer"')
})

test('the page to read it by comes whole from this server', async () => {
  const redirected = await api.call('get', '/docs')
  expect(redirected).toMatchObject({ status: 302, headers: { location: '/docs/' } })
  const page = await api.call('get', '/docs/')
  expect(page).toMatchObject({ status: 200, type: 'text/html' })
  const addresses = [...page.text.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, address]) => address!)
  expect(addresses.length).toBeGreaterThan(3)
  for (const address of addresses) {
    expect(address).toMatch(/^\.\//)
    expect(await api.call('get', `/docs/${address.slice(2)}`)).toMatchObject({ status: 200 })
  }
  const setUp = await api.call('get', '/docs/swagger-ui-init.js')
  expect(setUp.text).toContain('"swaggerUrl": "/openapi.json"')
  expect(setUp.text).toContain('"validatorUrl": null')
})

test('the page runs no script of a stranger and none from within the page', async () => {
  const page = await api.call('get', '/docs/')
  const policy = page.headers['content-security-policy']!
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).not.toMatch(/https?:|unsafe-eval/)
  for (const [, attributes, script] of page.text.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)) {
    expect(attributes).toContain('src=')
    expect(script!.trim()).toBe('')
  }
})
