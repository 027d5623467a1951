import { parseArgs } from 'node:util'
import { explainArguments } from '../command-line.ts'

export const usage = `Usage:
  npm run verify -- EXPORT [--policy FILE] [--contract ADDRESS (--block HASH | --rpc URL)] [--checkpoints PATH]…
                    [--as-of INDEX|TIME] [--json]
  npm run verify -- --checkpoints PATH… [--policy FILE] [--json]
  npm run verify -- --receipt FILE [--policy FILE] [--json]
  npm run verify -- --database [--network SLUG] [--json]
EXPORT is the tar that GET /v1/export gives, or the folder it was unpacked to; PATH a checkpoint or a folder of them.
It ends with 0: whole; 10: nobody you trust vouches for it; 30: diverged; 40: can't be read.`

/** `--as-of` names an entry that the export has not got. */
export class BeyondEnd extends Error {}

/** What is asked of the command. */
export interface Options {
  readonly exportPath: string | null
  readonly policy: string | null
  readonly contract: string | null
  readonly block: string | null
  readonly rpc: string | null
  readonly checkpoints: readonly string[]
  readonly receipt: string | null
  /** The last entry that counts; or a time, as entries write it; null: all. */
  readonly asOf: number | string | null
  readonly json: boolean
}

/**
 * Reads the command line; null where help is asked for. Throws, with the usage, where it asks for nothing or for too much.
 */
export function readOptions(args: readonly string[]): Options | null {
  const { values, positionals } = parse(args)
  if (values.help) return null
  const checkpoints = values.checkpoints ?? []
  // A shell writes out `--checkpoints *.txt`: what follows is of the pile, too.
  const [first, ...rest] = positionals
  const isPile = checkpoints.length > 0 && args.indexOf('--checkpoints') < args.indexOf(first ?? '')
  if (rest.length > 0 && checkpoints.length === 0) throw new Error(`There is one export too many.\n${usage}`)
  const options: Options = {
    exportPath: isPile ? null : (first ?? null),
    policy: values.policy ?? null,
    contract: values.contract ?? null,
    block: values.block ?? null,
    rpc: values.rpc ?? null,
    checkpoints: [...checkpoints, ...(isPile ? positionals : rest)],
    receipt: values.receipt ?? null,
    asOf: values['as-of'] === undefined ? null : readAsOf(values['as-of']),
    json: values.json ?? false,
  }
  if (options.exportPath === null && options.receipt === null && options.checkpoints.length === 0) {
    throw new Error(usage)
  }
  if ((options.contract === null) !== (options.block === null && options.rpc === null)) {
    throw new Error(`--contract goes with --block or --rpc.\n${usage}`)
  }
  const { contract, block } = options
  if (contract !== null && !/^0x[0-9a-f]{40}$/i.test(contract)) {
    throw new Error(`--contract takes an address, 0x and 40 hexadecimal digits, not ${contract}.\n${usage}`)
  }
  if (block !== null && !/^0x[0-9a-f]{64}$/i.test(block)) {
    throw new Error(`--block takes a block's hash, 0x and 64 hexadecimal digits, not ${block}.\n${usage}`)
  }
  return options
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        policy: { type: 'string' },
        contract: { type: 'string' },
        block: { type: 'string' },
        rpc: { type: 'string' },
        checkpoints: { type: 'string', multiple: true },
        receipt: { type: 'string' },
        'as-of': { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new Error(`${explainArguments(error)}\n${usage}`, { cause: error })
  }
}

function readAsOf(text: string): number | string {
  if (/^\d+$/.test(text)) return Number(text)
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new Error(`--as-of takes an entry's index or a time, not ${text}.\n${usage}`)
  // As entries write it: to the millisecond is as exact as asked.
  return new Date(time).toISOString().replace('Z', '999Z')
}
