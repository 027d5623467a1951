import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import { describeDeprecation } from './deprecation.ts'
import { problemCodes, problems, type ProblemCode } from './problems.ts'
import type { Route, RouteShape } from './routes.ts'

export type ApiDocument = ReturnType<typeof createDocument>

const problem = z
  .looseObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What happened and what to do, for a person.' }),
    code: z.enum(problemCodes).meta({ description: 'For a program: a closed set.' }),
    request_id: z.string().meta({ description: 'Name it when you ask for help.' }),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().meta({ description: '`#/field` of the body, `?name` of the query.' }),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem', description: 'Why a request was refused, RFC 9457.' })

const idempotencyHeader = z.object({
  'Idempotency-Key': z.string().min(1).max(255).meta({
    description:
      'Fresh for each new request, the same for its retries. A replay answers as before, with Idempotent-Replayed: true.',
  }),
})

const staffHeader = z.object({
  'Tally-Staff': z.string().optional().meta({
    description:
      'From `POST /v1/tills/staff-sessions`, beside the till’s key: who stands at the till, so that what is done names the person.',
  }),
})

/** Refusals that any route may give. */
const common: readonly ProblemCode[] = [
  'request_invalid',
  'not_found',
  'too_many_requests',
  'internal',
  'unavailable',
]
const whereSignedIn: readonly ProblemCode[] = ['unauthenticated', 'forbidden']
const whereBody: readonly ProblemCode[] = ['body_malformed', 'body_too_large', 'media_type_unsupported']
const whereIdempotent: readonly ProblemCode[] = ['idempotency_key_missing', 'idempotency_key_reused']

/** The OpenAPI 3.1 document of these routes, made from the very schemas that validate. */
export function describeRoutes(routes: readonly Route[]): ApiDocument {
  const paths: ZodOpenApiPathsObject = {}
  for (const { shape } of routes) {
    paths[shape.path] = { ...paths[shape.path], [shape.method]: describeRoute(shape) }
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Tallystick',
      version: '1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'One loyalty programme for many local shops. Points and minor units are whole numbers up to 2^53 − 1, ' +
        'times are RFC 3339 in UTC, rates are decimal strings. Unknown fields are refused. v1 only ever gains fields.',
    },
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A till key (`tk_…`) or a session token.',
        },
      },
    },
  })
}

function describeRoute(shape: RouteShape): ZodOpenApiOperationObject {
  const anyone = shape.who.includes('anyone')
  return {
    operationId: shape.operation,
    tags: [shape.tag],
    summary: shape.summary,
    description: [
      shape.deprecated && describeDeprecation(shape.deprecated),
      shape.description,
      `Who: ${shape.who.join(', ')}.`,
    ]
      .filter(Boolean)
      .join('\n\n'),
    ...(shape.deprecated && { deprecated: true }),
    security: anyone ? [] : [{ bearer: [] }],
    requestParams: {
      ...(shape.params && { path: shape.params }),
      ...(shape.query && { query: shape.query }),
      ...headersOf(shape),
    },
    ...(shape.body && {
      requestBody: {
        required: !shape.body.isOptional(),
        content: { 'application/json': { schema: shape.body } },
      },
    }),
    responses: { ...describeAnswers(shape), ...describeRefusals(shape, anyone) },
  }
}

function headersOf({ headers, idempotent, who }: RouteShape): { header?: z.ZodObject } {
  const shape = {
    ...(idempotent && idempotencyHeader.shape),
    ...(who.includes('till') && staffHeader.shape),
    ...headers?.shape,
  }
  return Object.keys(shape).length > 0 ? { header: z.object(shape) } : {}
}

function describeAnswers({ answers }: RouteShape): ZodOpenApiOperationObject['responses'] {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, media }]) => {
      const content = {
        ...(schema && { 'application/json': { schema } }),
        ...(media && { [media]: { schema: { type: 'string' as const } } }),
      }
      return [status, { description, ...((schema ?? media) && { content }) }]
    }),
  )
}

function describeRefusals(shape: RouteShape, anyone: boolean): ZodOpenApiOperationObject['responses'] {
  const codes = new Set<ProblemCode>([
    ...common,
    ...(anyone ? [] : whereSignedIn),
    ...(shape.body ? whereBody : []),
    ...(shape.idempotent ? whereIdempotent : []),
    ...(shape.refusals ?? []),
  ])
  const byStatus = Map.groupBy([...codes].toSorted(), (code) => problems[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, several]) => [
      String(status),
      {
        description: several.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' '),
        content: { 'application/problem+json': { schema: problem } },
      },
    ]),
  )
}
