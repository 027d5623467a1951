import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDocument } from '../../api/client/document.ts'

/**
 * Operations that change something, and leave no event when they succeed: each with the reason. All others hand on who
 * asks (`auditSource`, `actorOf`), or write the event themselves (`recordAudit`).
 */
const exempt: Readonly<Record<string, string>> = {
  postPurchase: 'tills post into the log, which names them',
  postRedemption: 'tills post into the log, which names them',
  postHold: 'tills post into the log, which names them',
  captureHold: 'tills post into the log, which names them',
  voidHold: 'tills post into the log, which names them',
  addCosignature: 'a witness signs what it adds',
  beginEmailChange: 'sends a code; confirming with it is the change',
  postWalletSession: 'sends a code; signing in with it is the change',
  requestPasswordReset: 'sends a link, to whoever asks; the new password is the change',
  beginPasskey: 'makes a challenge; the passkey is the change',
  beginPasskeySignIn: 'makes a challenge; signing in is the change',
  dryRunEarningRule: 'changes nothing',
}

const root = join(import.meta.dirname, '../../api')
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(root, file), 'utf8'))
const handlers = sources.flatMap(listHandlers)
const exported = new Map(sources.flatMap((source) => [...listTakers(source)]))
// What it writes down is that a password was wrong.
exported.delete('proveCaller')

test('every operation that changes something leaves an event, or is exempt for a reason', async () => {
  const operations = await listChanges()
  expect(operations.length).toBeGreaterThan(50)
  const silent = operations.filter((operation) => !isRecorded(operation))
  expect(silent.toSorted()).toEqual(Object.keys(exempt).toSorted())
})

/** The operationId of every route that is not a GET, from the document. */
async function listChanges(): Promise<string[]> {
  const { paths } = await readDocument()
  return Object.values(paths ?? {}).flatMap((methods) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'get')
      .map(([, { operationId }]) => operationId),
  )
}

/**
 * Whether the handler, or a function that it hands the request to, tells the audit trail who asks; one that posts, in what it
 * posts. That each way through it does is for the other tests to show.
 */
function isRecorded(operation: string): boolean {
  const handler = handlers.find(({ named }) => named.test(operation))
  if (handler === undefined) throw new Error(`${operation} has no handler that can be found`)
  return [handler.text, ...listCalled(handler)].some((text) =>
    /\b(auditSource|actorOf|recordAudit)\(/.test(text),
  )
}

/** Handlers by the operationId they were declared with, which may have a `${word}` in it. */
function listHandlers(source: string): { named: RegExp; text: string; source: string }[] {
  const declared = source.matchAll(/const (\w+) = declareRoute\(\{[^]*?operation: (['`])(.+?)\2/g)
  return [...declared].flatMap(([, route, , operation]) => {
    const begin = source.indexOf(`routes.on(${route}, `)
    if (begin < 0) return []
    const text = source.slice(begin).split(/\n {2}\}\)\n/)[0]!
    const named = new RegExp(`^${operation!.replaceAll(/\$\{\w+\}/g, '\\w+')}$`)
    return [{ named, text, source }]
  })
}

/** What is called in a handler and takes a request, of its own file first. */
function listCalled({ text, source }: { text: string; source: string }): string[] {
  const names = [...text.matchAll(/\b(\w+)\(/g)].map(([, name]) => name!)
  return names.flatMap((name) => listTakers(source).get(name) ?? exported.get(name) ?? [])
}

/** Functions that take a request, by name. */
function listTakers(source: string): Map<string, string> {
  const functions = source.matchAll(/^(?:export )?(?:async )?function (\w+)[^]*?^\}/gm)
  return new Map(
    [...functions].filter(([text]) => /\breq: Request\b/.test(text)).map(([text, name]) => [name!, text]),
  )
}
