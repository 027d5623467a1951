import express from 'express'
import { pino } from 'pino'
import supertest from 'supertest'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { printTypes } from '../../api/client/print-types.ts'
import { answerErrors } from '../../api/http/answer-errors.ts'
import { describeRoutes } from '../../api/http/openapi.ts'
import { Refusal } from '../../api/http/problems.ts'
import { createRoutes, declareRoute } from '../../api/http/routes.ts'

const declare = (path: string, more: object = {}) =>
  declareRoute({
    method: 'get',
    path,
    operation: `read${path.replaceAll(/\W/g, '')}`,
    tag: 'Tests',
    summary: 'Read',
    who: ['anyone'],
    query: z.strictObject({ refuse: z.enum(['yes', 'no']).default('no') }),
    answers: { 200: { description: 'Something.', schema: z.strictObject({ ok: z.literal(true) }) } },
    ...more,
  })

const going = declare('/v1/old', {
  deprecated: { since: '2027-03-31', sunset: '2028-03-31', link: 'https://tally.example.org/docs#old' },
})
const staying = declare('/v1/new')

function openApp() {
  const routes = createRoutes()
  for (const route of [going, staying]) {
    routes.on(route, async (req, res) => {
      if (route.parse(req).query.refuse === 'yes') throw new Refusal('forbidden')
      route.answer(res, 200, { ok: true })
    })
  }
  const app = express().use(routes.router, answerErrors(pino({ level: 'silent' })))
  return { app, document: describeRoutes(routes.declared) }
}

test('every answer of a route that is to go says since when, until when and where to read, refusals too', async () => {
  const { app } = openApp()
  for (const [path, status] of [
    ['/v1/old', 200],
    ['/v1/old?refuse=yes', 403],
    ['/v1/old?unknown=1', 400],
  ] as const) {
    const answer = await supertest(app).get(path)
    expect(answer.status).toBe(status)
    // RFC 9745 section 2.1 and RFC 8594 section 3: 2027-03-31 as seconds, and 2028-03-31 as an HTTP date.
    expect(answer.get('deprecation')).toBe('@1806451200')
    expect(answer.get('sunset')).toBe('Fri, 31 Mar 2028 00:00:00 GMT')
    expect(answer.get('link')).toContain('<https://tally.example.org/docs#old>; rel="deprecation"')
    expect(answer.get('link')).toContain('<https://tally.example.org/docs#old>; rel="sunset"')
  }
})

test('a route that stays says nothing of the kind', async () => {
  const answer = await supertest(openApp().app).get('/v1/new')
  expect(answer).toMatchObject({ status: 200 })
  for (const name of ['deprecation', 'sunset', 'link']) expect(answer.get(name)).toBeUndefined()
})

test('the document and the typed client mark what is to go, and nothing else', () => {
  const { document } = openApp()
  expect(document.paths?.['/v1/old']?.get).toMatchObject({
    deprecated: true,
    description: expect.stringContaining('it ends on 2028-03-31'),
  })
  expect(document.paths?.['/v1/new']?.get).not.toHaveProperty('deprecated')
  const lines = printTypes(document)
    .split('\n')
    .filter((line) => line.includes('@deprecated'))
  expect(lines).toEqual([expect.stringContaining("operations['readv1old']")])
})

test('nothing can be declared to go sooner than in 12 months, as the changelog promises', () => {
  const link = 'https://tally.example.org/docs'
  for (const sunset of ['2028-03-30', '2027-03-01', 'soon']) {
    expect(() => declare('/v1/x', { deprecated: { since: '2027-03-31', sunset, link } })).toThrow('too soon')
  }
})
