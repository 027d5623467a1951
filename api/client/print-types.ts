import type { ApiDocument } from '../http/openapi.ts'

/** A JSON Schema as it stands in the document. */
interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly description?: string
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: Schema
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>
}

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly deprecated?: boolean
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Content & { readonly required?: boolean }
  readonly responses: Readonly<Record<string, Content>>
}

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const

/** The types of an OpenAPI document as TypeScript, in the form that `openapi-fetch` reads. */
export function printTypes(document: ApiDocument): string {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>
  const paths = (document.paths ?? {}) as Record<string, Partial<Record<(typeof methods)[number], Operation>>>
  const operations = Object.values(paths).flatMap((item) => methods.flatMap((method) => item[method] ?? []))
  const printed = [
    '// Made by `npm run client` from the OpenAPI document. Do not change it by hand.',
    `export interface components {\n  schemas: ${block(
      Object.entries(schemas).map(
        ([name, schema]) => `${describe(schema)}${key(name)}: ${printSchema(schema)}`,
      ),
      2,
    )}\n}`,
    `export interface operations ${block(operations.map(printOperation), 0)}`,
    `export interface paths ${block(Object.entries(paths).map(printPath), 0)}`,
  ]
  return `${printed.join('\n\n')}\n`
}

function printPath([path, item]: [string, Partial<Record<(typeof methods)[number], Operation>>]): string {
  const lines = methods.map((method) => {
    const operation = item[method]
    if (!operation) return `${method}?: never`
    return `${operation.deprecated ? '/** @deprecated */ ' : ''}${method}: operations['${operation.operationId}']`
  })
  return `${key(path)}: ${block(['parameters: { query?: never; header?: never; path?: never; cookie?: never }', ...lines], 2)}`
}

function printOperation(operation: Operation): string {
  const { operationId, summary, parameters = [], requestBody, responses } = operation
  const places = ['query', 'header', 'path', 'cookie'].map((place) => printParameters(place, parameters))
  const answers = Object.entries(responses).map(
    ([status, answer]) =>
      `${status}: { headers: { [name: string]: unknown }; content${printContent(answer) ?? '?: never'} }`,
  )
  const body = requestBody && printContent(requestBody)
  return `/** ${summary}. */\n  ${operationId}: ${block(
    [
      `parameters: ${block(places, 4)}`,
      body ? `requestBody${requestBody.required ? '' : '?'}: { content${body} }` : 'requestBody?: never',
      `responses: ${block(answers, 4)}`,
    ],
    2,
  )}`
}

function printParameters(place: string, parameters: readonly Parameter[]): string {
  const here = parameters.filter((parameter) => parameter.in === place)
  if (here.length === 0) return `${place}?: never`
  const optional = here.every(({ required }) => !required)
  const fields = here.map(
    ({ name, required, schema }) => `${key(name)}${required ? '' : '?'}: ${printSchema(schema)}`,
  )
  return `${place}${optional ? '?' : ''}: { ${fields.join('; ')} }`
}

function printContent({ content }: Content): string | undefined {
  if (content === undefined) return undefined
  const types = Object.entries(content).map(([type, { schema }]) => `'${type}': ${printSchema(schema ?? {})}`)
  return `: { ${types.join('; ')} }`
}

function printSchema(schema: Schema): string {
  if (schema.$ref !== undefined) return `components['schemas']['${schema.$ref.split('/').at(-1)}']`
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return union(schema.enum.map((value) => JSON.stringify(value)))
  const either = schema.anyOf ?? schema.oneOf
  if (either !== undefined) return union(either.map(printSchema))
  if (schema.allOf !== undefined) return schema.allOf.map(printSchema).join(' & ')
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => printSchema({ ...schema, type })))
  switch (schema.type) {
    case 'array':
      return `(${printSchema(schema.items ?? {})})[]`
    case 'object':
      return printObject(schema)
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type
    default:
      return 'unknown'
  }
}

function printObject({ properties = {}, required = [], additionalProperties }: Schema): string {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${key(name)}${required.includes(name) ? '' : '?'}: ${printSchema(schema)}`,
  )
  const rest = typeof additionalProperties === 'object' ? printSchema(additionalProperties) : 'unknown'
  if (fields.length === 0)
    return additionalProperties === false ? 'Record<string, never>' : `Record<string, ${rest}>`
  return `{ ${fields.join('; ')} }${additionalProperties === false ? '' : ` & Record<string, ${rest}>`}`
}

function union(types: readonly string[]): string {
  return `(${[...new Set(types)].join(' | ')})`
}

function describe({ description }: Schema): string {
  return description === undefined ? '' : `/** ${description} */\n    `
}

function key(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`
}

function block(lines: readonly string[], indent: number): string {
  const space = ' '.repeat(indent)
  return `{\n${lines.map((line) => `${space}  ${line}\n`).join('')}${space}}`
}
