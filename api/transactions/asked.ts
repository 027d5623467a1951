import { z } from 'zod'
import type { Asked, Minor, Points, Reference } from '../../ledger/index.ts'
import { minor, points, text } from '../http/fields.ts'

/** How many points to take, as a body says it: the fields to spread, of which `asksOneWay` holds. */
export const askedFields = {
  points: points().optional(),
  amount_minor: minor()
    .optional()
    .meta({ description: 'Worth so much: rounded down to whole points. Either this or `points`.' }),
}

interface AskedBody {
  readonly points?: Points | undefined
  readonly amount_minor?: Minor | undefined
}

export const asksOneWay = [
  (body: AskedBody) => (body.points === undefined) !== (body.amount_minor === undefined),
  { error: 'needs exactly one of points and amount_minor' },
] as const

/** The ledger's words for a body of which `asksOneWay` holds. */
export function askedOf({ points: count, amount_minor: amountMinor }: AskedBody): Asked {
  if (count !== undefined) return { points: count }
  if (amountMinor !== undefined) return { amountMinor }
  throw new Error('a body that asks for neither points nor an amount was let through')
}

/** The shop's own number of a sale, as a body says it. */
export const referenceFields = {
  reference: text(100).meta({ description: "The shop's own number of the sale, e.g. of the receipt." }),
  reference_series: text(100)
    .optional()
    .meta({ description: 'What numbers the receipts; the till when left out.' }),
  reference_part: z
    .int()
    .min(1)
    .max(1000)
    // Said or left out, it is the same request.
    .transform((part) => (part === 1 ? undefined : part))
    .optional()
    .meta({ description: 'Part of a sale paid in parts; 1 when left out.' }),
}

interface ReferenceBody {
  readonly reference: string
  readonly reference_series?: string | undefined
  readonly reference_part?: number | undefined
}

/** The ledger's words for it. */
export function referenceOf({
  reference,
  reference_series: series,
  reference_part: part,
}: ReferenceBody): Reference {
  return { value: reference, series, part }
}
