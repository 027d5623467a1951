import express, { type Request, type RequestHandler, type Response, type Router } from 'express'
import { z } from 'zod'
import { assertPromised, deprecationHeaders, type Deprecation } from './deprecation.ts'
import { sayWhatIsWrong } from './field-words.ts'
import { Refusal, type FieldError, type ProblemCode } from './problems.ts'

/** Who may call a route; it is for readers of the document, the handler itself demands it. */
export type Caller = 'anyone' | 'till' | 'customer' | 'staff' | 'operator' | 'deployment operator'

/** One answer of a route: what it means, and the schema of its body where it has one. */
export interface AnswerShape {
  readonly description: string
  readonly schema?: z.ZodType
  /** What it is beside JSON, or without a schema instead of it. */
  readonly media?: Media
}

/** Answers that are not JSON, for callers who accept that. */
export type Media = 'text/plain' | 'text/csv' | 'application/zip' | 'application/x-tar' | 'text/event-stream'

/** A route as declared: the schemas that validate are those in the OpenAPI document. */
export interface RouteShape {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** As in OpenAPI: `/v1/merchants/{id}`. */
  readonly path: string
  /** The operationId, camelCase, verb first. */
  readonly operation: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly who: readonly Caller[]
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Headers of its own, for readers of the document; the handler itself demands them. */
  readonly headers?: z.ZodObject
  /** Points move: Idempotency-Key is required. */
  readonly idempotent?: true
  readonly answers: Readonly<Record<number, AnswerShape>>
  /** It is to go: said by every answer, and in the document. */
  readonly deprecated?: Deprecation
  /** Refusals particular to this route; those any route may give need no mention. */
  readonly refusals?: readonly ProblemCode[]
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined
type Presented<Answer> = Answer extends { readonly schema: infer Schema extends z.ZodType }
  ? z.input<Schema>
  : undefined

/** What a request says, parsed by the route's schemas. */
export interface ParsedRequest<Shape extends RouteShape> {
  readonly params: Parsed<Shape['params']>
  readonly query: Parsed<Shape['query']>
  readonly body: Parsed<Shape['body']>
}

/** A declared route: parses its requests, sends its answers. */
export interface Route<Shape extends RouteShape = RouteShape> {
  readonly shape: Shape
  /** Throws `not_found` for a malformed id in the path, `request_invalid` for all else that is wrong. */
  parse(req: Request): ParsedRequest<Shape>
  /** Sends a declared answer; the body is checked against the answer's schema by the compiler. */
  answer<Status extends keyof Shape['answers'] & number>(
    res: Response,
    status: Status,
    body: Presented<Shape['answers'][Status]>,
  ): void
}

/** Declares a route. Mount it with `routes.on(route, handler)`. */
export function declareRoute<const Shape extends RouteShape>(shape: Shape): Route<Shape> {
  if (shape.deprecated) assertPromised(shape.deprecated)
  return {
    shape,
    parse(req) {
      const params = shape.params && parseParams(shape.params, req.params)
      const query = shape.query && parsePart(shape.query, req.query, queryPointer)
      const body = shape.body && parseBody(shape.body, req.body)
      return { params, query, body } as ParsedRequest<Shape>
    },
    answer(res, status, body) {
      if (body === undefined) res.status(status).end()
      else res.status(status).json(body)
    },
  }
}

function parseParams(schema: z.ZodObject, params: unknown) {
  const result = schema.safeParse(params)
  // An id that can't be one names nothing, and so is answered like an id of nothing.
  if (!result.success) throw new Refusal('not_found')
  return result.data
}

function parseBody(schema: z.ZodType, body: unknown) {
  if (body === undefined && !schema.isOptional()) {
    throw new Refusal('request_invalid', {
      detail: 'The body is missing. Send a JSON object with Content-Type: application/json.',
      errors: [{ pointer: '#', detail: 'is missing' }],
    })
  }
  return parsePart(schema, body, bodyPointer)
}

function queryPointer(path: string[]): string {
  return `?${path.join('.')}`
}

function bodyPointer(path: string[]): string {
  return `#${path.map((part) => `/${escapePointer(part)}`).join('')}`
}

/** RFC 6901 section 3. */
function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1')
}

function parsePart(schema: z.ZodType, value: unknown, pointer: (path: string[]) => string) {
  const result = schema.safeParse(value, { error: sayWhatIsWrong })
  if (result.success) return result.data
  const errors = result.error.issues.filter(isTheFirst).flatMap((issue): FieldError[] => {
    const path = issue.path.map(String)
    if (issue.code !== 'unrecognized_keys') return [{ pointer: pointer(path), detail: issue.message }]
    return issue.keys.map((key) => ({ pointer: pointer([...path, key]), detail: 'is not a known field' }))
  })
  throw new Refusal('request_invalid', { errors })
}

/** Of a field whose type is wrong no size is told: it is the size of something else. */
function isTheFirst({ code, path }: z.core.$ZodIssue, at: number, all: readonly z.core.$ZodIssue[]): boolean {
  if (code !== 'too_small' && code !== 'too_big') return true
  const isSame = (other: z.core.$ZodIssue) => other.path.join('/') === path.join('/')
  return all.findIndex(isSame) === at
}

/** The request's Idempotency-Key: 1 to 255 printable ASCII characters. */
export function idempotencyKey(req: Request): string {
  const key = req.get('idempotency-key')
  if (key === undefined || !/^[\x20-\x7e]{1,255}$/.test(key) || key.trim() === '') {
    throw new Refusal('idempotency_key_missing')
  }
  return key
}

/** Says that an answer is the one a request with the same key got before. */
export function markReplayed(res: Response): void {
  res.set('Idempotent-Replayed', 'true')
}

/** All routes of the application, as mounted and as documented. */
export interface Routes {
  readonly router: Router
  readonly declared: readonly Route[]
  on(route: Route, handler: (req: Request, res: Response) => Promise<void>): void
}

/** An empty set of routes on one router. */
export function createRoutes(): Routes {
  const router = express.Router({ caseSensitive: true, strict: true })
  const declared: Route[] = []
  // Express would answer OPTIONS by itself, in its own words; past this router `refuseOtherMethods` does.
  router.options('/{*address}', (_req, _res, next) => next('router'))
  return {
    router,
    declared,
    on(route, handler) {
      declared.push(route)
      const path = route.shape.path.replaceAll(/\{(\w+)\}/g, ':$1')
      router[route.shape.method](path, (req, res) => {
        res.locals['route'] = route.shape.path
        res.locals['operation'] = route.shape.operation
        if (route.shape.deprecated) res.set(deprecationHeaders(route.shape.deprecated))
        demandAcceptance(req, route)
        refuseUndeclared(req, route)
        return handler(req, res)
      })
    },
  }
}

function demandAcceptance(req: Request, { shape }: Route): void {
  const media = Object.values(shape.answers).flatMap((answer) => answer.media ?? [])
  if (!req.accepts(['application/json', 'application/problem+json', ...media]))
    throw new Refusal('not_acceptable')
}

const nothing = z.strictObject({})

/** What isn't in the schema is refused, also where there is no schema. */
function refuseUndeclared(req: Request, { shape }: Route): void {
  if (!shape.query) parsePart(nothing, req.query, queryPointer)
  if (!shape.body) parsePart(nothing.optional(), req.body, bodyPointer)
}

/** Answers 405 with `Allow` where the address is known and the method is not; mount it after all routes. */
export function refuseOtherMethods(routes: Routes): RequestHandler {
  const router = express.Router({ caseSensitive: true, strict: true })
  const methods = new Map<string, Set<string>>()
  for (const { shape } of routes.declared) {
    const path = shape.path.replaceAll(/\{\w+\}/g, ':part')
    const known = methods.get(path) ?? new Set()
    known.add(shape.method.toUpperCase())
    if (shape.method === 'get') known.add('HEAD')
    methods.set(path, known)
  }
  for (const [path, known] of methods) {
    const allow = [...known].toSorted().join(', ')
    router.all(path, () => {
      throw new Refusal('method_not_allowed', { headers: { Allow: allow } })
    })
  }
  return router
}
