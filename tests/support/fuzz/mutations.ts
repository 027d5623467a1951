import { randomUUID } from 'node:crypto'
import type { Operation, Schema } from './document.ts'
import type { WireRequest } from './send.ts'
import {
  badBodies,
  badHeaders,
  badParts,
  badValues,
  hopelessBodies,
  hopelessHeaders,
  hopelessParts,
  hopelessValues,
  oddBodies,
  oddHeaders,
  oddParts,
  oddValues,
  RawJson,
  writeJson,
} from './values.ts'
import type { World } from './world.ts'

/** A request before it is written down. */
export interface Draft {
  readonly operation: Operation
  /** Already escaped, by name. */
  readonly path: Record<string, string>
  /** Already escaped. */
  readonly query: string[]
  readonly headers: Record<string, string | undefined>
  /** Undefined: none. */
  body: unknown
  /** Instead of `body`, as it is. */
  rawBody?: string | Buffer
  /** Whatever the document says of it: no route may take this. */
  mustBeRefused?: boolean
}

/** One thing that is odd about a request. */
export type Mutation = (draft: Draft) => void

let asked = 0

/** A request as the document wants it. */
export function draftRequest(operation: Operation, world: World, token: string | undefined): Draft {
  const schema = operation.requestBody?.content?.['application/json']?.schema
  const write = (place: string) =>
    operation.parameters
      .filter((each) => each.in === place && (place === 'path' || each.required))
      .map(({ name, schema }) => {
        const value = world.samplePart(operation.path, name, schema)
        return [name, encodeURIComponent(String(value))] as const
      })
  asked += 1
  return {
    operation,
    path: Object.fromEntries(write('path')),
    query: write('query').map((named) => named.join('=')),
    headers: {
      authorization: token === undefined ? undefined : `Bearer ${token}`,
      'idempotency-key': randomUUID(),
      'tally-refresh': '1',
      // From everywhere, so that no limit by address hides what lies behind it.
      'x-forwarded-for': `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`,
      ...(schema && { 'content-type': 'application/json' }),
    },
    body: schema && world.sample('', schema),
  }
}

/** As it goes over the wire. */
export function writeRequest({ operation, path, query, headers, body, rawBody }: Draft): WireRequest {
  const address = operation.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => path[name] ?? 'x')
  return {
    method: operation.method.toUpperCase(),
    path: query.length > 0 ? `${address}?${query.join('&')}` : address,
    headers,
    body: rawBody ?? (body === undefined ? undefined : writeJson(body)),
  }
}

/** What can be wrong with a request to an operation, one thing each. */
export interface Mutations {
  /** For every field, parameter and body one of each kind of fault; none of it may ever be left out. */
  readonly bad: readonly Mutation[]
  /** More that is odd, of which as much is tried as there is time for. */
  readonly odd: readonly Mutation[]
}

/** Everything that can be wrong with a request to an operation. */
export function listMutations(
  operation: Operation,
  sample: World['sample'],
  resolve: (schema: Schema) => Schema,
): Mutations {
  const schema = operation.requestBody?.content?.['application/json']?.schema
  const fields = schema ? listFields(schema, resolve) : []
  const isIdempotent = operation.parameters.some(
    ({ name, required }) => name === 'Idempotency-Key' && required,
  )
  const queryNames = operation.parameters.flatMap(({ name, in: place }) => (place === 'query' ? [name] : []))
  const list = ({ values, bodies, headers, parts }: Faults): Mutation[] => [
    ...fields.flatMap(({ at }) =>
      values.map(
        (value): Mutation =>
          (draft) =>
            setAt(draft, at, value),
      ),
    ),
    ...bodies.map(setBody),
    ...headers.map(setHeaders),
    ...operation.parameters.flatMap(({ name, in: place }) =>
      place === 'header'
        ? []
        : parts.map((part) => (place === 'path' ? setPart(name, part) : ask(`${name}=${part}`))),
    ),
  ]
  return {
    bad: [
      ...fields.flatMap(({ at }): Mutation[] => [
        (draft) => setAt(draft, at, undefined),
        // A list has no fields.
        at.at(-1) === '0'
          ? () => {}
          : hopeless((draft) => setAt(draft, [...at.slice(0, -1), 'colour'], 'red')),
      ]),
      ...list({ values: badValues, bodies: badBodies, headers: badHeaders, parts: badParts }),
      ...list({
        values: hopelessValues,
        bodies: [],
        headers: [],
        parts: hopelessParts,
      }).map(hopeless),
      // To whom takes no body, it is nothing.
      ...[...hopelessBodies.map(setBody), ...hopelessHeaders.map(setHeaders)].map((mutate) =>
        schema ? hopeless(mutate) : mutate,
      ),
      ...(isIdempotent ? [undefined, 'x'.repeat(256)] : []).map((key) =>
        hopeless(setHeaders({ 'idempotency-key': key })),
      ),
      hopeless(ask('colour=red')),
      () => {},
    ],
    odd: [
      ...fields.map(
        ({ at, schema }): Mutation =>
          (draft) =>
            setAt(draft, at, sample(at.at(-1)!, schema)),
      ),
      ...list({ values: oddValues, bodies: oddBodies, headers: oddHeaders, parts: oddParts }),
      ...['__proto__[x]=1', '=', '&&', '%00=%00'].map((query) => ask(query)),
      ...queryNames.flatMap((name) => [
        ...[name, `${name}[]=x`, `${name}[a][b]=x`].map((query) => ask(query)),
        ask(`${name}=1`, `${name}=1`),
      ]),
    ],
  }
}

/** Of each place of a request, what to put there. */
interface Faults {
  readonly values: readonly unknown[]
  readonly bodies: readonly (string | Buffer)[]
  readonly headers: readonly Draft['headers'][]
  readonly parts: readonly string[]
}

/** A text that no field takes, in one place of a request that has another fault as well, so that nothing comes of it. */
export interface SpoiltText {
  /** What the answer must name. */
  readonly pointer: string
  readonly mutate: Mutation
}

/** Every field and query parameter of an operation with a control character, no shorter than its text must be. */
export function listSpoiltTexts(operation: Operation, resolve: (schema: Schema) => Schema): SpoiltText[] {
  const spoil = (schema: Schema, character: string) => {
    const { minLength = 1, anyOf = [] } = resolve(schema)
    const least = Math.max(1, minLength, ...anyOf.map((each) => resolve(each).minLength ?? 1))
    return '1'.repeat(least - 1) + character
  }
  const schema = operation.requestBody?.content?.['application/json']?.schema
  const query = operation.parameters.filter(({ in: place }) => place === 'query')
  return [
    ...(schema ? listFields(schema, resolve) : []).map(({ at, schema: field }) => ({
      pointer: `#/${at.join('/')}`,
      mutate: (draft: Draft) => {
        setAt(draft, at, spoil(field, '\u0000'))
        setAt(draft, ['colour'], 'red')
      },
    })),
    ...query.map(({ name, schema: field }) => ({
      pointer: `?${name}`,
      mutate: ask(`${name}=${spoil(field, '%00')}`, 'colour=red'),
    })),
  ]
}

/** The same, of a request that no route may take. */
function hopeless(mutate: Mutation): Mutation {
  return (draft) => {
    mutate(draft)
    draft.mustBeRefused = true
  }
}

function setBody(body: string | Buffer): Mutation {
  return (draft) => {
    draft.rawBody = body
    draft.headers['content-type'] ??= 'application/json'
  }
}

function setHeaders(headers: Draft['headers']): Mutation {
  return (draft) => void Object.assign(draft.headers, headers)
}

function setPart(name: string, part: string): Mutation {
  return (draft) => void (draft.path[name] = part)
}

function ask(...query: string[]): Mutation {
  return (draft) => void draft.query.push(...query)
}

interface Field {
  readonly at: readonly string[]
  readonly schema: Schema
}

/** Every field of a body, those within others too. */
function listFields(reference: Schema, resolve: (schema: Schema) => Schema, at: string[] = []): Field[] {
  if (at.length > 5) return []
  const schema = resolve(reference)
  const within = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((each) =>
    listFields(each, resolve, at),
  )
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, each]) => [
    { at: [...at, name], schema: each },
    ...listFields(each, resolve, [...at, name]),
  ])
  const items = schema.items
    ? [{ at: [...at, '0'], schema: schema.items }, ...listFields(schema.items, resolve, [...at, '0'])]
    : []
  return [...within, ...properties, ...items]
}

/** Puts a value into the body, and what it lies in where that was left out. */
function setAt(draft: Draft, at: readonly string[], value: unknown): void {
  if (typeof draft.body !== 'object' || draft.body === null) draft.body = {}
  let holder = draft.body as Record<string, unknown>
  for (const [depth, name] of at.slice(0, -1).entries()) {
    const inside = holder[name]
    const fits = typeof inside === 'object' && inside !== null && !(inside instanceof RawJson)
    if (!fits) holder[name] = at[depth + 1] === '0' ? [] : {}
    holder = holder[name] as Record<string, unknown>
  }
  // A copy: the next thing that goes wrong with this request must not change what others are sent.
  const isPlain = typeof value === 'object' && !(value instanceof RawJson)
  holder[at.at(-1)!] = isPlain ? structuredClone(value) : value
}
