type Values = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array | BigInt64Array

/**
 * The same values with room for more; the array given is spent. Millions of rows are kept as columns of numbers:
 * objects would take several times the memory.
 */
export function enlarge<V extends Values>(values: V): V {
  const length = Math.ceil(values.length * 1.25)
  // Moved, not copied: the old memory is free at once.
  const buffer = (values.buffer as ArrayBuffer).transfer(length * values.BYTES_PER_ELEMENT)
  return new (values.constructor as new (buffer: ArrayBuffer) => V)(buffer)
}

const largeMark = 2 ** 32 - 1

/** A column of whole numbers from 0 to 2^53 − 1 that are mostly small: 4 bytes each, the few large ones in a map. */
export class Amounts {
  private small = new Uint32Array(1024)
  private readonly large = new Map<number, number>()

  get(row: number): number {
    const value = this.small[row]!
    return value === largeMark ? this.large.get(row)! : value
  }

  set(row: number, value: number): void {
    while (row >= this.small.length) this.small = enlarge(this.small)
    if (value < largeMark) this.small[row] = value
    else {
      this.small[row] = largeMark
      this.large.set(row, value)
    }
  }
}
