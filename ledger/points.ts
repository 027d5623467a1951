/** Whole points, never a `number`. */
export type Points = bigint & { readonly unit: 'points' }

/** Whole minor units of a network's currency (cents, pence), never a `number`. */
export type Minor = bigint & { readonly unit: 'minor' }

/** The largest amount a JSON integer carries exactly, and so the largest this ledger moves at once. */
export const amountMax = 2n ** 53n - 1n

export function points(value: bigint | number): Points {
  return BigInt(value) as Points
}

export function minor(value: bigint | number): Minor {
  return BigInt(value) as Minor
}
