type Value = string | number | bigint | boolean | null | Date | undefined | { readonly [name: string]: Value }

/**
 * What a caller asked, as one canonical text (sorted members, no spaces, whole numbers as decimal strings): equal
 * requests give equal texts, whatever the order of their members.
 */
export function writeContent(call: string, asked: { readonly [name: string]: Value }): string {
  return JSON.stringify(toSorted({ call, ...asked }))
}

function toSorted(value: Value): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, toSorted(member)]),
  )
}
