import { z } from 'zod'

/** A JSON Schema as it stands in the document. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly format?: string
  readonly default?: unknown
  readonly example?: unknown
  readonly examples?: readonly unknown[]
  readonly minimum?: number
  readonly minItems?: number
  readonly minLength?: number
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Schema
}

/** One operation of an OpenAPI document. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  readonly path: string
  readonly operationId: string
  readonly security: readonly object[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: Content & { readonly required?: boolean }
  readonly responses: Readonly<Record<string, Content>>
}

/** An OpenAPI document, read for making requests and checking answers. */
export interface ApiDescription {
  readonly operations: readonly Operation[]
  /** What a reference points to; any other schema as it is. */
  resolve(schema: Schema): Schema
  /** Whether the document lets a body be sent to an operation. */
  takes(operation: Operation, body: string | Buffer | undefined): boolean
  /** What is wrong with an answer, or null. */
  faultOf(operation: Operation, answer: { status: number; type: string; text: string }): string | null
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

const referencePrefix = '#/components/schemas/'

/** Reads an OpenAPI document. */
export function describeApi(document: Document): ApiDescription {
  const { schemas } = document.components
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => ({ parameters: [], ...operation, method, path }) as unknown as Operation,
    ),
  )
  const checks = new Map<Schema, z.ZodType>()
  const checkOf = (schema: Schema) => {
    const known = checks.get(schema) ?? toZod(schema, schemas)
    checks.set(schema, known)
    return known
  }
  return {
    operations,
    resolve: (schema) =>
      schema.$ref === undefined ? schema : schemas[schema.$ref.slice(referencePrefix.length)]!,
    takes(operation, body) {
      const schema = operation.requestBody?.content?.['application/json']?.schema
      return schema === undefined || takes(checkOf(schema), body, operation.requestBody?.required)
    },
    faultOf: (operation, answer) => faultOf(operation, answer, { problem: schemas['Problem']!, checkOf }),
  }
}

/** The document keeps what schemas share in `components`; zod looks for it in `$defs`. */
function toZod(schema: Schema, schemas: Document['components']['schemas']): z.ZodType {
  const local = JSON.stringify({ ...schema, $defs: schemas }).replaceAll(referencePrefix, '#/$defs/')
  return z.fromJSONSchema(JSON.parse(local))
}

/** What is no JSON is never taken; a byte order mark before it may be (RFC 8259 section 8.1). */
function takes(check: z.ZodType, body: string | Buffer | undefined, required = false): boolean {
  // An empty body is none, and none is one without any field.
  if (body === undefined || body.length === 0) return !required || check.safeParse({}).success
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body))
    // How long a text is counts once its accents are composed.
    return check.safeParse(JSON.parse(text.normalize('NFC'))).success
  } catch {
    return false
  }
}

/** Refusals of what stands before any route: their statuses need not be declared with each. */
const beforeRoutes = new Set([400, 404, 405, 406, 413, 415, 431])

function faultOf(
  operation: Operation,
  { status, type, text }: { status: number; type: string; text: string },
  { problem, checkOf }: { problem: Schema; checkOf: (schema: Schema) => z.ZodType },
): string | null {
  const declared = operation.responses[status]
  if (status >= 500) return 'broke'
  if (declared === undefined && !beforeRoutes.has(status)) return 'answers a status that is not declared'
  if (status >= 400) {
    if (!type.startsWith('application/problem+json')) return `is a refusal of type ${type || 'none'}`
    if (status === 400 && /"detail":"(?:Invalid|Too |[^"]*\b(?:expected|received)\b)/.test(text)) {
      return 'says what is wrong in the words of a library'
    }
    return faultOfJson(text, checkOf(declared?.content?.['application/problem+json']?.schema ?? problem))
  }
  if (declared?.content === undefined) return text === '' ? null : 'has a body that is not declared'
  const content = Object.entries(declared.content).find(([declaredType]) => type.startsWith(declaredType))
  if (content === undefined) return `answers type ${type}, which is not declared`
  const [contentType, { schema }] = content
  return contentType === 'application/json' && schema ? faultOfJson(text, checkOf(schema)) : null
}

function faultOfJson(text: string, check: z.ZodType): string | null {
  const result = check.safeParse(JSON.parse(text))
  return result.success ? null : `does not fit its schema: ${z.prettifyError(result.error)}`
}
