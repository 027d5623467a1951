import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const notOurs = new Set(['.git', 'node_modules', '.data', '.tmp', 'dist', 'coverage'])
const files = listFiles('')
const sources = files.filter((file) => /\.(ts|tsx)$/.test(file)).map((file) => ({ file, text: read(file) }))

/** Who may import what, by folder; a folder may always import itself. */
const mayImport: Record<string, readonly string[]> = {
  ledger: [],
  engagement: ['ledger'],
  api: ['contracts', 'engagement', 'ledger'],
  'merchant-portal': ['clients'],
  'customer-wallet': ['clients'],
  clients: [],
  contracts: [],
}

test('imports run one way: portals → api → engagement → ledger, and nothing imports the tests', () => {
  const wrong = imports().filter(({ from, to }) => {
    const allowed = mayImport[folderOf(from)]
    return allowed && folderOf(to) !== folderOf(from) && !allowed.includes(folderOf(to))
  })
  expect(wrong.filter((each) => !isProofInBrowser(each))).toEqual([])
})

test('the code of proofs runs anywhere: it imports itself and @noble, and nothing of Node', () => {
  const wrong = sources
    .filter(({ file }) => file.startsWith('ledger/proofs/'))
    .flatMap(({ file, text }) =>
      [...text.matchAll(/(?:\bfrom|\bimport\(?)\s*'([^']+)'/g)].map(([, to]) => [file, to]),
    )
    .filter(([, to]) => !/^(@noble\/|\.\/[a-z-]+\.ts$)/.test(to ?? ''))
  expect(wrong).toEqual([])
})

test('the ledger has one door: others import ledger/index.ts, but browsers its proofs', () => {
  const others = imports().filter(({ from }) => !['ledger', 'tests'].includes(folderOf(from)))
  const wrong = others.filter(({ to }) => folderOf(to) === 'ledger' && to !== 'ledger/index.ts')
  expect(wrong.filter((each) => !isProofInBrowser(each) && !isVerifyCommand(each))).toEqual([])
})

test('the environment is read in api/config.ts only', () => {
  const readers = sources.filter(({ file, text }) => !isTest(file) && /\bprocess\.env\b/.test(text))
  expect(readers.map(({ file }) => file)).toEqual(['api/config.ts'])
})

/**
 * Addresses that are answered beside the declared routes, by the files that make a router. Each is for anyone: whatever
 * asks who calls is declared, so that it stands in the document and in the table of rights.
 */
const undeclared: Readonly<Record<string, readonly string[]>> = {
  // Mounts the others, and answers at no address itself.
  'api/app.ts': [],
  'api/http/docs.ts': ['get /openapi.json', 'get /', 'use /docs', 'get /docs', 'use /docs', 'get /docs'],
  'api/http/probes.ts': ['get /healthz', 'get /readyz', 'get /metrics'],
  // The declared ones themselves; what other methods are told at their addresses.
  'api/http/routes.ts': ['options /{*address}', '[route.shape.method] path', 'all path'],
  'api/log/router.ts': ['get /log/:network/tile/*path'],
  'api/web/router.ts': ['get /', 'get /${name}', 'get /${name}/{*path}', 'get /favicon.ico'],
}

test('an address is answered by a declared route, or by one that is named here', () => {
  const makers = sources.filter(
    ({ file, text }) => !isTest(file) && /\bexpress\(\)|\bRouter\(|\bcreateRoutes\(\)/.test(text),
  )
  const found = makers.map(({ file, text }) => [file, registrations(text)] as const)
  expect(Object.fromEntries(found)).toEqual(undeclared)
})

test('no other file gets hold of a router or of the app, and so could add an address unseen', () => {
  const others = sources.filter(({ file }) => !isTest(file) && !(file in undeclared))
  const holders = others.filter(
    ({ text }) =>
      /\bimport [^;]*\b(Router|IRouter|Express|Application)\b[^;]*? from 'express'/.test(text) ||
      /\broutes\.router\b/.test(text) ||
      registrations(text).length > 0,
  )
  expect(holders.map(({ file }) => file)).toEqual([])
})

test('nothing is exported without a name, but where a tool asks for it', () => {
  const nameless = sources.filter(({ text }) => /^export default\b|^export \{[^}]*\bas default\b/m.test(text))
  expect(nameless.map(({ file }) => file).filter((file) => !/(^|\/)\w+\.config\.ts$/.test(file))).toEqual([])
})

test('rows are locked in a stated order', () => {
  const unordered = sources
    .filter(({ file }) => !isTest(file))
    .flatMap(({ file, text }) => chains(text).map((chain) => ({ file, chain })))
    .filter(
      ({ chain }) => /\.for(NoKeyUpdate|Update|KeyShare|Share)\(\)/.test(chain) && !/\.orderBy\(/.test(chain),
    )
  expect(unordered).toEqual([])
})

test('files and folders are named in kebab-case', () => {
  const conventional = /^(README|LICENSE|SECURITY|CHANGELOG|CONTRIBUTING)(\.md)?$/
  const parts = new Set(files.flatMap((file) => (file.startsWith('contracts/') ? [] : file.split('/'))))
  const wrong = [...parts].filter(
    (part) => !conventional.test(part) && !/^\.?[a-z0-9]+([-.][a-z0-9]+)*$/.test(part),
  )
  expect(wrong).toEqual([])
})

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !notOurs.has(entry.name))
    .flatMap((entry) => {
      const path = folder ? `${folder}/${entry.name}` : entry.name
      return entry.isDirectory() ? listFiles(path) : [path]
    })
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

function isTest(file: string): boolean {
  return file.startsWith('tests/')
}

function folderOf(file: string): string {
  return file.split('/')[0] ?? ''
}

/** Browsers check proofs with the ledger's own code, and know nothing else of it. */
function isProofInBrowser({ from, to }: { from: string; to: string }): boolean {
  return ['merchant-portal', 'customer-wallet'].includes(folderOf(from)) && to.startsWith('ledger/proofs/')
}

/** `npm run verify` starts the ledger's own command, which loads nothing of the server. */
function isVerifyCommand({ from, to }: { from: string; to: string }): boolean {
  return from === 'api/verify/main.ts' && to === 'ledger/verify/main.ts'
}

/** Every import of a file of ours by another, as paths from the root. */
function imports(): { from: string; to: string }[] {
  return sources.flatMap(({ file, text }) =>
    [...text.matchAll(/(?:\bfrom|\bimport\(?)\s*'(\.[^']+)'/g)].map(([, path = '']) => ({
      from: file,
      to: normalize(join(dirname(file), path)).replaceAll('\\', '/'),
    })),
  )
}

/** What a file tells a router to answer, as `method address`; the `on` of declared routes is none of it. */
function registrations(text: string): string[] {
  const call =
    /(?:\w\.(get|post|put|patch|delete|head|options|all|use|route)|\brouter(\[[\w.]+\]))\(\s*(?:['"`](\/[^'"`]*)['"`]|(path),)/g
  return [...text.matchAll(call)].map(([, method, computed, quoted, named]) =>
    [method ?? computed, quoted ?? named].join(' '),
  )
}

/** Statements, cut where a blank line or a line without indentation begins the next. */
function chains(text: string): string[] {
  return text.split(/\n\s*\n|\n(?=\S)|;\n|\n(?=\s*(?:const|let|return|await|if|for)\b)/)
}
