import { readFile } from 'node:fs/promises'

// What the commands share: what is wrong with what somebody typed is said in words, not in the system's.

/** What was typed can't be taken; the message is for whoever typed it. */
export class TypedError extends Error {}

const fileWords: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `There is no file ${path}.`,
  ENOTDIR: (path) => `There is no file ${path}.`,
  EISDIR: (path) => `${path} is a folder, not a file.`,
  EACCES: (path) => `${path} may not be read by this user.`,
  EPERM: (path) => `${path} may not be read by this user.`,
}

/** Why a file that somebody named can't be read. */
export function explainFile(path: string, error: unknown): TypedError {
  const { code = '', message } = error as NodeJS.ErrnoException
  const words = fileWords[code]?.(path) ?? `${path} can't be read: ${message}`
  return new TypedError(words, { cause: error })
}

/** The bytes of a file that somebody named; throws `TypedError`. */
export async function readNamedFile(path: string): Promise<Buffer> {
  return await readFile(path).catch((error: unknown) => {
    throw explainFile(path, error)
  })
}

/** What is in a JSON file that somebody named, read with `parse`; throws `TypedError`. */
export async function readNamedJson<T>(path: string, parse: (text: string) => T): Promise<T> {
  const text = (await readNamedFile(path)).toString('utf8')
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new TypedError(`${path} is not JSON: ${error.message.replaceAll(/\s+/g, ' ')}.`, { cause: error })
  }
}

/** What `parseArgs` refused, without its advice on other things that could have been meant. */
export function explainArguments(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (!code?.startsWith('ERR_PARSE_ARGS_')) return message
  const [, option] = /^Unknown option '([^']+)'/.exec(message) ?? []
  return option ? `There is no option ${option}.` : `${message.split(/\.(?:\s|$)/)[0]}.`
}

/** Prints how a command is called, and ends, where that is what was asked. */
export function giveHelp(usage: string): void {
  const isAsked = process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')
  if (!isAsked) return
  console.log(usage)
  process.exit(0)
}
