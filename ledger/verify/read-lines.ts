const lineEnd = 0x0a
/** Longer than any entry (64 KiB) or account: what goes on without an end is not read into memory. */
const lineBytesMax = 1 << 20

/**
 * Calls back for every line of a stream of bytes. `prefixed` holds the line after one byte of anything, which may be
 * written to: a hash of the line behind a prefix then needs no copy. Both are good during the call only.
 * Throws where the stream doesn't end with a line's end, or a line is longer than 1 MiB.
 */
export async function readLines(
  stream: AsyncIterable<Uint8Array>,
  onLine: (prefixed: Buffer) => void,
): Promise<void> {
  // One buffer for all: the lines begun, each behind the end of the one before it.
  let bytes = Buffer.alloc(2 * lineBytesMax)
  bytes[0] = lineEnd
  let filled = 1
  for await (const chunk of stream) {
    if (filled + chunk.length > bytes.length) bytes = Buffer.concat([bytes], 2 * (filled + chunk.length))
    bytes.set(chunk, filled)
    filled += chunk.length
    let start = 0
    for (let end = find(bytes, 1, filled); end > 0; end = find(bytes, start + 1, filled)) {
      onLine(bytes.subarray(start, end))
      start = end
    }
    bytes.copyWithin(0, start, filled)
    filled -= start
    if (filled > lineBytesMax) throw new Error('it has a line longer than 1 MiB')
  }
  if (filled > 1) throw new Error('its last line has no end: it was cut off')
}

/** Where the next line ends, or -1. */
function find(bytes: Buffer, from: number, until: number): number {
  const end = bytes.indexOf(lineEnd, from)
  return end < until ? end : -1
}
