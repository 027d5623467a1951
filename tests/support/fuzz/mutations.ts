import { randomUUID } from 'node:crypto'
import type { Operation, Schema } from './document.ts'
import type { WireRequest } from './send.ts'
import { oddBodies, oddHeaders, oddParts, oddValues, RawJson, writeJson } from './values.ts'
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
}

/** One thing that is odd about a request. */
export type Mutation = (draft: Draft) => void

let asked = 0

/** A request as the document wants it. */
export function draftRequest(operation: Operation, world: World, token: string | undefined): Draft {
  const schema = operation.requestBody?.content?.['application/json']?.schema
  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path')
  asked += 1
  return {
    operation,
    path: Object.fromEntries(
      inPath.map(({ name, schema }) => [name, encodeURIComponent(String(world.sample(name, schema)))]),
    ),
    query: [],
    headers: {
      authorization: token === undefined ? undefined : `Bearer ${token}`,
      'idempotency-key': randomUUID(),
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

/** Everything that can be odd about a request to an operation, one thing each. */
export function listMutations(
  operation: Operation,
  world: World,
  resolve: (schema: Schema) => Schema,
): Mutation[] {
  const schema = operation.requestBody?.content?.['application/json']?.schema
  const fields = schema ? listFields(schema, resolve) : []
  return [
    () => {},
    ...fields.flatMap((field) => mutateField(field, world)),
    ...oddBodies.map((odd): Mutation => (draft) => {
      draft.rawBody = odd
      draft.headers['content-type'] ??= 'application/json'
    }),
    ...oddHeaders.map(
      (odd): Mutation =>
        (draft) =>
          void Object.assign(draft.headers, odd),
    ),
    ...operation.parameters.flatMap(({ name, in: place }) => {
      if (place === 'path')
        return oddParts.map(
          (odd): Mutation =>
            (draft) =>
              void (draft.path[name] = odd),
        )
      return place === 'query' ? mutateQuery(name) : []
    }),
    ...['colour=red', '__proto__[x]=1', '=', '&&', '%00=%00'].map(
      (odd): Mutation =>
        (draft) =>
          void draft.query.push(odd),
    ),
  ]
}

function mutateQuery(name: string): Mutation[] {
  const odd = [...oddParts.map((part) => `${name}=${part}`), name, `${name}[]=x`, `${name}[a][b]=x`]
  return [
    ...odd.map(
      (text): Mutation =>
        (draft) =>
          void draft.query.push(text),
    ),
    (draft) => void draft.query.push(`${name}=1`, `${name}=1`),
  ]
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

function mutateField({ at, schema }: Field, world: World): Mutation[] {
  const name = at.at(-1)!
  const extra = [...at.slice(0, -1), 'colour']
  return [
    (draft) => setAt(draft, at, undefined),
    (draft) => setAt(draft, at, world.sample(name, schema)),
    (draft) => setAt(draft, extra, 'red'),
    ...oddValues.map(
      (odd): Mutation =>
        (draft) =>
          setAt(draft, at, odd),
    ),
  ]
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
  holder[at.at(-1)!] = value
}
