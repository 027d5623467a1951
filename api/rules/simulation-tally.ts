/** Bands of customers by how many purchases they made in the period: from so many on, up to the next. */
export const bandStarts = [1, 2, 10, 50] as const

/** Points that were given and that the rule would have given; decimal strings, since it is kept as JSON. */
interface Sums {
  readonly purchases: number
  readonly given: string
  readonly simulated: string
}

/** What was counted so far: of merchants by UUID, of customers by `bandStarts`. */
export interface Tally {
  readonly merchants: Readonly<Record<string, Sums>>
  readonly bands: Readonly<
    Record<string, Sums & { readonly customers: number; readonly gaining: number; readonly losing: number }>
  >
}

export const emptyTally: Tally = { merchants: {}, bands: {} }

/** Both together. */
export function addTallies(one: Tally, other: Tally): Tally {
  return { merchants: addEach(one.merchants, other.merchants), bands: addEach(one.bands, other.bands) }
}

type Figures = Readonly<Record<string, number | string>>

function addEach<Row extends object>(
  one: Readonly<Record<string, Row>>,
  other: Readonly<Record<string, Row>>,
): Record<string, Row> {
  const sum: Record<string, Row> = { ...one }
  for (const [name, row] of Object.entries(other)) {
    const known = sum[name]
    sum[name] = known === undefined ? row : (addFigures(known as Figures, row as Figures) as Row)
  }
  return sum
}

function addFigures(one: Figures, other: Figures): Figures {
  return Object.fromEntries(
    Object.entries(one).map(([name, value]) => [
      name,
      typeof value === 'string'
        ? String(BigInt(value) + BigInt(other[name] ?? 0))
        : value + Number(other[name] ?? 0),
    ]),
  )
}
