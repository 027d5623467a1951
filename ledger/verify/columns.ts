type Values = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array | BigInt64Array

/**
 * The same values with room for more. Millions of rows are kept as columns of numbers: objects would take several
 * times the memory.
 */
export function enlarge<V extends Values>(values: V): V {
  const longer = new (values.constructor as new (length: number) => V)(Math.ceil(values.length * 1.5))
  longer.set(values as never)
  return longer
}
