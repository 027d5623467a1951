const inGroups = new Intl.NumberFormat('en')

/** A number as people read it: 1,234,567. */
export function grouped(count: number | bigint): string {
  return inGroups.format(count)
}

/** "1 entry", "2,000 entries". */
export function countEntries(count: number): string {
  return `${grouped(count)} ${count === 1 ? 'entry' : 'entries'}`
}

/** Without what a terminal obeys: names and texts in an export are its author's. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`)
}
