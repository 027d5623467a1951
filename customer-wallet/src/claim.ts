/** The code in a receipt's link (`#claim=7KQM-3XPD`), which no server sees; null: there is none. */
export function claimIn(hash: string): string | null {
  return /^#claim=([\w-]{8,20})$/.exec(hash)?.[1] ?? null
}
