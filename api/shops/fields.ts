import { z } from 'zod'

const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, e.g. 08:30')
  .meta({ example: '08:30' })

/** When a shop is open: by day of the week, from when to when. */
export const openingHours = z
  .array(
    z.strictObject({
      day: z.int().min(1).max(7).meta({ description: '1: Monday, as ISO 8601 counts.' }),
      opens: clockTime,
      closes: clockTime,
    }),
  )
  .max(21)
  .refine((each) => each.every(({ opens, closes }) => opens < closes), {
    error: 'must open before it closes, each day by itself',
  })
  .meta({
    description: "In the network's time zone. A day that is not named is closed; several times a day may be.",
  })

export type OpeningHours = z.output<typeof openingHours>
