/** What is wrong with an entry of the log, in words that follow its name: "entry 17 …". */
export class Fault extends Error {
  override readonly name = 'Fault'
}

/** Says what is wrong and stops there. */
export function fail(words: string): never {
  throw new Fault(words)
}
