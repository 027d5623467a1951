import { isUtf8 } from 'node:buffer'

/** A line of a file, without its end (LF or CRLF). */
export interface Line {
  /** 1 for the first. */
  readonly number: number
  /** At most `lineBytesMax` bytes of it. */
  readonly text: string
  /** What is wrong with it as text, in words; null when nothing is. */
  readonly fault: string | null
  /** Bytes of the file up to the end of this line, its end included. */
  readonly endsAt: number
}

/** Far above what a purchase needs; keeps a file without line ends from filling the memory. */
export const lineBytesMax = 4096

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** The lines of a file as it is read; the byte order mark that some programs put first is left out. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let kept = Buffer.alloc(0)
  let length = 0
  let number = 0
  let endsAt = 0
  const add = (part: Buffer) => {
    length += part.length
    if (kept.length < lineBytesMax) kept = Buffer.concat([kept, part.subarray(0, lineBytesMax - kept.length)])
  }
  const end = (): Line => {
    endsAt += length
    number++
    const line = { number, ...toText(kept, length), endsAt }
    kept = Buffer.alloc(0)
    length = 0
    return line
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, start)) {
      add(chunk.subarray(start, at))
      endsAt++
      yield end()
      start = at + 1
    }
    add(chunk.subarray(start))
  }
  if (length > 0) yield end()
}

function toText(kept: Buffer, length: number): Pick<Line, 'text' | 'fault'> {
  const bytes = kept.at(-1) === carriageReturn ? kept.subarray(0, -1) : kept
  // A TextDecoder leaves out a byte order mark, which no other line begins with.
  const text = new TextDecoder().decode(bytes)
  if (length > lineBytesMax) return { text, fault: `is longer than ${lineBytesMax} bytes` }
  return { text, fault: isUtf8(bytes) ? null : 'is not UTF-8' }
}
