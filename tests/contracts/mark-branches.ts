import { createRequire } from 'node:module'

/** Makes Solidity whose every decision goes through a library that has a line for each outcome. */

// solc's own door has no types.
const solc = createRequire(import.meta.url)('solc') as { compile(input: string): string }

/** An outcome of a decision in the contracts, and the line of the library that is reached when it comes about. */
export interface Outcome {
  /** Such as `Rfc9162.sol:17 index >= size: true`. */
  readonly what: string
  readonly line: number
}

/** What the marked copies are, by file name, and the library that they call. */
export interface MarkedSources {
  readonly sources: ReadonlyMap<string, string>
  readonly library: string
  readonly outcomes: readonly Outcome[]
}

/** The file that the library is in, beside the marked copies. */
export const libraryFile = 'branches.sol'

/** What is known of a node of solc's syntax tree; `src`: its first byte, how many, and which file. */
interface Node {
  readonly nodeType: string
  readonly src: string
  readonly [part: string]: unknown
}

/** A place where the program goes on in one of several ways. */
interface Decision {
  readonly condition: Node
  /** Where a loop begins; null: no loop. How often it goes round counts too. */
  readonly loop: Node | null
}

/**
 * Marks every `if`, `?:`, loop, `require`, `assert`, and both sides of every `&&` and `||`. No line moves.
 * @throws where a source decides in another way, which would go unseen
 */
export function markBranches(sources: ReadonlyMap<string, string>): MarkedSources {
  const library = ['// SPDX-License-Identifier: Apache-2.0', 'pragma solidity 0.8.37;', 'library Branches {']
  const outcomes: Outcome[] = []
  const marked = new Map<string, string>()
  for (const [file, tree] of parse(sources)) {
    const bytes = Buffer.from(sources.get(file)!)
    const insertions: { at: number; text: string }[] = []
    for (const { condition, loop } of findDecisions(tree)) {
      const [first, end] = rangeOf(condition)
      const line = bytes.subarray(0, first).toString().split('\n').length
      const words = bytes.subarray(first, end).toString().replaceAll(/\s+/g, ' ')
      const name = `at${outcomes.length}`
      const ways = loop ? loopWays : conditionWays
      // Opening ones of one place are in the order of the tree, outermost first; closing ones the other way round.
      insertions.push({ at: first, text: `Branches.${name}(` })
      insertions.unshift({ at: end, text: loop ? `, ${name}++)` : ')' })
      if (loop) insertions.push({ at: rangeOf(loop)[0], text: `uint256 ${name}; ` })
      library.push(
        `function ${name}(bool so${loop ? ', uint256 rounds' : ''}) internal pure returns (bool was) {`,
      )
      for (const [way, code] of ways) {
        library.push(`${code} {`, `was = so;`, '}')
        outcomes.push({ what: `${file}:${line} ${words}: ${way}`, line: library.length - 1 })
      }
      library.push('}')
    }
    marked.set(file, insert(bytes, insertions))
  }
  library.push('}')
  return { sources: marked, library: library.join('\n'), outcomes }
}

const conditionWays = [
  ['true', 'if (so)'],
  ['false', 'else'],
] as const

const loopWays = [
  ['goes round', 'if (so)'],
  ['over after no round', 'else if (rounds == 0)'],
  ['over after one round', 'else if (rounds == 1)'],
  ['over after several rounds', 'else'],
] as const

function parse(sources: ReadonlyMap<string, string>): [string, Node][] {
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries([...sources].map(([file, content]) => [file, { content }])),
    settings: { stopAfter: 'parsing', outputSelection: { '*': { '': ['ast'] } } },
  }
  const { sources: trees, errors = [] } = JSON.parse(solc.compile(JSON.stringify(input))) as {
    sources: Record<string, { ast: Node }>
    errors?: { severity: string; formattedMessage: string }[]
  }
  const [error] = errors.filter(({ severity }) => severity === 'error')
  if (error) throw new Error(error.formattedMessage)
  return Object.entries(trees).map(([file, { ast }]) => [file, ast])
}

/** Those of a node and all in it, outer ones before those within. */
function findDecisions(node: Node): Decision[] {
  const within = Object.values(node)
    .flat()
    .filter((part): part is Node => typeof part === 'object' && part !== null && 'nodeType' in part)
  return [...decisionsOf(node), ...within.flatMap(findDecisions)]
}

function decisionsOf(node: Node): Decision[] {
  const one = (part: unknown): Decision => ({ condition: part as Node, loop: null })
  switch (node.nodeType) {
    case 'IfStatement':
    case 'Conditional':
      return [one(node['condition'])]
    case 'ForStatement':
    case 'WhileStatement':
      if (!node['condition']) throw unseen(node)
      return [{ condition: node['condition'] as Node, loop: node }]
    case 'BinaryOperation':
      return ['&&', '||'].includes(node['operator'] as string)
        ? [one(node['leftExpression']), one(node['rightExpression'])]
        : []
    case 'FunctionCall': {
      const { name } = node['expression'] as { name?: string }
      return name === 'require' || name === 'assert' ? [one((node['arguments'] as Node[])[0])] : []
    }
    case 'DoWhileStatement':
    case 'TryStatement':
    case 'YulIf':
    case 'YulSwitch':
    case 'YulForLoop':
      throw unseen(node)
    default:
      return []
  }
}

function unseen({ nodeType, src }: Node): Error {
  return new Error(`There is no way yet to see what a ${nodeType} does (at byte ${src}).`)
}

function rangeOf({ src }: Node): [first: number, end: number] {
  const [first = 0, length = 0] = src.split(':').map(Number)
  return [first, first + length]
}

/** The library is imported in the line of the `pragma`, so that every line keeps its number. */
function insert(bytes: Buffer, insertions: readonly { at: number; text: string }[]): string {
  let text = ''
  let done = 0
  for (const { at, text: inserted } of insertions.toSorted((a, b) => a.at - b.at)) {
    text += bytes.subarray(done, at).toString() + inserted
    done = at
  }
  text += bytes.subarray(done).toString()
  return text.replace(/^(pragma solidity .*;)$/m, `$1 import {Branches} from "./${libraryFile}";`)
}
