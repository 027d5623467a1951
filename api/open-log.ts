import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { destination, multistream, pino, type Logger } from 'pino'
import type { Config } from './config.ts'
import { presentError } from './http/logging.ts'

/** Where a process logs, and how it speaks to whoever started it. */
export interface OpenLog {
  readonly logger: Logger
  /** Says something to a person who watches, and logs it. */
  tell(message: string): void
}

interface Options {
  /** Whose log: the name of the file. */
  readonly name: 'api' | 'worker'
  /** Whether a person reads what the process prints, rather than a program. */
  readonly isTerminal: boolean
  /** Prints a line for them. */
  readonly print: (line: string) => void
}

const warning = 40

/**
 * For programs, and for whoever keeps logs, JSON lines on stdout. On a terminal people read, so the lines go to
 * `<name>.log` in the data folder (those of the run before are in `<name>.log.1`), and of what is wrong one short line
 * is printed.
 */
export function openLog(
  { logLevel, dataFolder }: Pick<Config, 'logLevel' | 'dataFolder'>,
  { name, isTerminal, print }: Options,
): OpenLog {
  const options = { level: logLevel, serializers: { err: presentError } }
  if (!isTerminal) {
    const logger = pino(options)
    return { logger, tell: (message) => logger.info(message) }
  }
  const path = openFile(dataFolder, name)
  const file = destination({ dest: path, mode: 0o600, sync: true })
  const terminal = { write: (line: string) => print(`${shorten(line)} More in ${path}.`) }
  const logger = pino(
    options,
    multistream([
      { level: 'trace', stream: file },
      { level: 'warn', stream: terminal },
    ]),
  )
  return {
    logger,
    tell(message) {
      logger.info(message)
      print(message)
    },
  }
}

/** Where a fresh file goes; that of the run before is kept beside it. */
function openFile(dataFolder: string, name: string): string {
  mkdirSync(dataFolder, { recursive: true })
  const path = join(dataFolder, `${name}.log`)
  try {
    renameSync(path, `${path}.1`)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  return path
}

/** What a person needs of a logged line: how bad, and what. */
function shorten(line: string): string {
  const { level, msg, err } = JSON.parse(line) as {
    level: number
    msg: string
    err?: { message?: string; code?: string }
  }
  const why = (err?.message ?? err?.code)?.split('\n')[0]
  return `${level > warning ? 'Error' : 'Warning'}: ${msg}${why ? ` (${why})` : ''}.`
}
