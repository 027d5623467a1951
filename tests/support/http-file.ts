import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'

// Reads and sends `.http` files as the REST Client of VS Code does: the part of its syntax that docs/examples uses.

/** One request of a `.http` file, with its variables as they stand. */
export interface HttpExample {
  /** What follows `###`. */
  readonly title: string
  /** `# @name`: what later requests call its answer; or null. */
  readonly name: string | null
  /** `# @prompt`: what a person is asked for. */
  readonly prompts: readonly string[]
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A `.http` file: its variables (`@url = …`) and its requests in order. */
export interface HttpFile {
  readonly variables: Readonly<Record<string, string>>
  readonly examples: readonly HttpExample[]
}

/** Reads a `.http` file; throws for a block that is no request. */
export function parseHttpFile(text: string): HttpFile {
  const [head = '', ...blocks] = text.split(/^###/m)
  const variables = [...head.matchAll(/^@(\w+) = (.*)$/gm)].map(([, name, value]) => [name!, value!] as const)
  return { variables: Object.fromEntries(variables), examples: blocks.map(parseExample) }
}

function parseExample(block: string): HttpExample {
  const [title = '', ...lines] = block.split('\n')
  const notes = lines.filter((line) => line.startsWith('# @'))
  const [head = '', ...body] = lines
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .trim()
    .split('\n\n')
  const [request = '', ...headers] = head.split('\n')
  const [, method, url] = /^([A-Z]+) (\S+)$/.exec(request) ?? []
  if (!method || !url) throw new Error(`"${title.trim()}" does not begin with a method and an address`)
  const noted = (kind: string) =>
    notes.flatMap((note) => new RegExp(`^# @${kind} (\\w+)`).exec(note)?.[1] ?? [])
  return {
    title: title.trim(),
    name: noted('name')[0] ?? null,
    prompts: noted('prompt'),
    method,
    url,
    headers: Object.fromEntries(headers.map((header) => header.split(': ', 2) as [string, string])),
    body: body.join('\n\n'),
  }
}

/** What a request was answered. */
export interface ExampleAnswer {
  readonly status: number
  /** Of a live answer, which does not end by itself, nothing. */
  readonly text: string
}

/** A receipt is there once the log is signed that far, within seconds: a person sends the request again. */
async function send(url: string, request: RequestInit): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const answer = await fetch(url, request)
    if (answer.status !== 409 || tries === 40) return answer
    if (!(await answer.clone().text()).includes('"receipt_not_ready"')) return answer
    await setTimeout(500)
  }
}

/**
 * Sends one request after the other.
 *
 * @param given values of variables instead of those in the file
 * @param ask what a person would type when asked for it, given the answers so far
 */
export async function* playHttpFile(
  { variables, examples }: HttpFile,
  given: Readonly<Record<string, string>>,
  ask: (prompt: string) => Promise<string>,
): AsyncGenerator<readonly [HttpExample, ExampleAnswer]> {
  const values = new Map(Object.entries({ ...variables, ...given }))
  const exchanges: Exchanges = new Map()
  for (const example of examples) {
    for (const prompt of example.prompts) values.set(prompt, await ask(prompt))
    const fill = (text: string) =>
      text.replaceAll(/\{\{(.+?)\}\}/g, (_match, reference: string) => resolve(reference, values, exchanges))
    const headers = Object.fromEntries(
      Object.entries(example.headers).map(([name, value]) => [name, fill(value)]),
    )
    const body = fill(example.body)
    const answer = await send(fill(example.url), {
      method: example.method,
      headers,
      ...(body !== '' && { body }),
    })
    const isLive = answer.headers.get('content-type')?.startsWith('text/event-stream')
    if (isLive) await answer.body?.cancel()
    const text = isLive ? '' : await answer.text()
    if (example.name !== null) exchanges.set(example.name, { request: { headers, body }, answer: text })
    yield [example, { status: answer.status, text }]
  }
}

type Exchanges = Map<
  string,
  { readonly request: { headers: Record<string, string>; body: string }; readonly answer: string }
>

/** What stands for `{{reference}}`; throws for what stands for nothing. */
function resolve(reference: string, values: ReadonlyMap<string, string>, exchanges: Exchanges): string {
  if (reference === '$guid') return randomUUID()
  if (reference === '$datetime iso8601') return new Date().toISOString()
  const [, from, to] = /^\$randomInt (\d+) (\d+)$/.exec(reference) ?? []
  if (from && to) return String(randomInt(Number(from), Number(to)))
  const [, name, side, part, path] = /^(\w+)\.(request|response)\.(headers|body)\.(.+)$/.exec(reference) ?? []
  const exchange = exchanges.get(name ?? '')
  if (exchange === undefined || side === undefined || path === undefined) {
    const value = values.get(reference)
    if (value === undefined) throw new Error(`nothing is called ${reference}`)
    return value
  }
  if (part === 'headers') return exchange.request.headers[path] ?? ''
  const body = side === 'request' ? exchange.request.body : exchange.answer
  return path === '*' ? body : readPath(JSON.parse(body), path)
}

/** A simple JSONPath: `$.data[0].id`. */
function readPath(value: unknown, path: string): string {
  const names = path.match(/\w+/g) ?? []
  const found = names.reduce<unknown>(
    (at, name) => (at as Record<string, unknown> | undefined)?.[name],
    value,
  )
  if (found === undefined || found === null)
    throw new Error(`there is no ${path} in ${JSON.stringify(value)}`)
  return String(found)
}
