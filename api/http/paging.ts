import { z } from 'zod'

export const pageLimitDefault = 50
export const pageLimitMax = 200

/** `?limit=`: 1 to 200, 50 unless told. */
export function limit() {
  return z
    .string()
    .regex(/^[1-9]\d{0,2}$/, { error: `must be a whole number from 1 to ${pageLimitMax}` })
    .transform(Number)
    .pipe(z.number().max(pageLimitMax))
    .default(pageLimitDefault)
    .meta({
      description: `How many at most: 1 to ${pageLimitMax}.`,
      // It comes as text, but is a number to whoever reads the document.
      override: ({ jsonSchema }) => {
        delete jsonSchema.pattern
        Object.assign(jsonSchema, {
          type: 'integer',
          minimum: 1,
          maximum: pageLimitMax,
          default: pageLimitDefault,
        })
      },
    })
}

/** The answer of a list: `next` goes into `?after=`, null at the end. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    data: z.array(item),
    next: z.string().nullable().meta({ description: 'Send as `after` for what follows; null at the end.' }),
  })
}

/**
 * Cuts a list that was read with one row more than `limit`: whether more follow shows without a second query.
 * `cursor` names a row so that reading can go on after it.
 */
export function cutPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { cursor, present }: { cursor: (row: Row) => string; present: (row: Row) => Item },
): { data: Item[]; next: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    data: shown.map(present),
    next: rows.length > limit && last !== undefined ? cursor(last) : null,
  }
}
