/** Within so much a scanner types its next key; hardly any person does that several times in a row. */
export const scannerGapMs = 60
/** What a scanner typed is at least so long: the shortest card number. */
const scanLengthMin = 6
/** A scanner needs no longer than this for a key, on average. */
const scannerMeanMs = 35

/** Tells a scanner that types from fingers that do. */
export interface Keystrokes {
  /**
   * A key was pressed, at so many milliseconds: a character, `Enter`, or another key by its name. Whether it ended a
   * scan, and so is not for whatever has the focus.
   */
  press(key: string, atMs: number): boolean
  /** The time is up: what is held back was typed by a person. */
  flush(): void
}

/**
 * Holds back what comes fast until it is known who typed it. A burst that ends with Enter is a scan; all else goes on to
 * `typed`, key by key. Call `flush` when `scannerGapMs` have passed without a key.
 */
export function createKeystrokes(hear: {
  readonly typed: (key: string) => void
  readonly scanned: (text: string) => void
}): Keystrokes {
  let burst: { keys: string[]; firstMs: number; lastMs: number } | null = null

  function flush(): void {
    const keys = burst?.keys ?? []
    burst = null
    for (const key of keys) hear.typed(key)
  }

  return {
    flush,
    press(key, atMs) {
      if (burst !== null && atMs - burst.lastMs > scannerGapMs) flush()
      if (key === 'Enter' && burst !== null && isScan(burst.keys, burst.lastMs - burst.firstMs)) {
        const text = burst.keys.join('')
        burst = null
        hear.scanned(text)
        return true
      }
      burst ??= { keys: [], firstMs: atMs, lastMs: atMs }
      burst.keys.push(key)
      burst.lastMs = atMs
      // No character: a scanner types none of these, so nothing more belongs to it.
      if (key.length > 1) flush()
      return false
    },
  }
}

function isScan(keys: readonly string[], tookMs: number): boolean {
  return keys.length >= scanLengthMin && tookMs / (keys.length - 1) <= scannerMeanMs
}
