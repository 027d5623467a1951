const fullest = 0.75

/**
 * A set of hashes or random ids that only grows, 8 bytes each: it keeps 64 bits of what are 128 random ones, so that
 * two of ten million pass for equal once in some hundred thousand sets.
 */
export class DigestSet {
  private high = new Uint32Array(1024)
  private low = new Uint32Array(1024)
  private count = 0

  /** Adds it; false where it was there. */
  add(high: number, low: number): boolean {
    if (this.count >= this.high.length * fullest) this.grow()
    // 0 marks a free place.
    return this.place(high >>> 0 || 1, low >>> 0)
  }

  private place(high: number, low: number): boolean {
    let at = ((high ^ Math.imul(low, 0x9e3779b1)) >>> 0) % this.high.length
    while (this.high[at] !== 0) {
      if (this.high[at] === high && this.low[at] === low) return false
      at = at + 1 === this.high.length ? 0 : at + 1
    }
    this.high[at] = high
    this.low[at] = low
    this.count++
    return true
  }

  private grow(): void {
    const { high, low } = this
    const length = Math.ceil(high.length * 1.5)
    this.high = new Uint32Array(length)
    this.low = new Uint32Array(length)
    this.count = 0
    for (let i = 0; i < high.length; i++) if (high[i] !== 0) this.place(high[i]!, low[i]!)
    // Free at once, not when the collector comes by.
    high.buffer.transfer(0)
    low.buffer.transfer(0)
  }
}
