/** Chance that repeats itself: the same seed, the same story. */
export interface Chance {
  /** From 0 to below 1. */
  fraction(): number
  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number
  pick<Item>(items: readonly Item[]): Item
}

/** Mulberry32 (Tommy Ettinger, public domain): enough for a story, not for secrets. */
export function createChance(seed: number): Chance {
  let state = seed
  const fraction = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1))
  return { fraction, whole, pick: (items) => items[whole(0, items.length - 1)]! }
}
