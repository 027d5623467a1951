import { z } from 'zod'
import type { Multiplier } from '../../ledger/index.ts'
import { decimal, id, shownId } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'

const multiplierCountMax = 20
const weekday = z.int().min(1).max(7)

/** A factor from 0 to 100, as a decimal string. */
export function factor() {
  return decimal()
    .refine((value) => Number(value) <= 100, { error: 'must be at most 100' })
    .meta({ example: '2' })
}

/** A rule's multipliers in a body. */
export function multipliers() {
  return z
    .array(
      z
        .strictObject({
          factor: factor(),
          weekdays: z
            .array(weekday)
            .min(1)
            .max(7)
            .optional()
            .meta({ description: '1 is Monday; all when left out.' }),
          from: clock(/^([01]\d|2[0-3]):[0-5]\d$/).optional(),
          until: clock(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/)
            .optional()
            .meta({ description: "The network's local time; a window may go over midnight." }),
          merchants: z
            .array(id('mer'))
            .min(1)
            .max(100)
            .optional()
            .meta({ description: 'All when left out.' }),
        })
        .refine((one) => (one.from === undefined) === (one.until === undefined), {
          error: 'needs both from and until, or neither',
        })
        .refine((one) => one.from === undefined || one.from !== one.until, {
          error: 'needs a window: from and until are the same',
          path: ['until'],
        }),
    )
    .max(multiplierCountMax)
    .meta({
      description: 'Factors on the rate, each when and where it counts; of several the best is taken.',
    })
}

function clock(form: RegExp) {
  return z.string().regex(form, 'must be a time of day, e.g. 17:30').meta({ example: '17:30' })
}

/** A multiplier in an answer. */
export const shownMultiplier = z.strictObject({
  factor: z.string(),
  weekdays: z.array(weekday).nullable(),
  from: z.string().nullable(),
  until: z.string().nullable(),
  merchants: z.array(shownId('mer')).nullable(),
})

type Body = z.output<ReturnType<typeof multipliers>>[number]

/** The ledger's words for it; lists in order, so that equal ones are equal. */
export function readMultiplier({ factor: times, weekdays, from, until, merchants }: Body): Multiplier {
  return {
    factor: times,
    ...(weekdays && { weekdays: [...new Set(weekdays)].toSorted((a, b) => a - b) }),
    ...(from !== undefined && until !== undefined && { from, until }),
    ...(merchants && { merchants: [...new Set(merchants)].toSorted() }),
  }
}

/** How it is shown. */
export function presentMultiplier(multiplier: Multiplier): z.input<typeof shownMultiplier> {
  return {
    factor: multiplier.factor,
    weekdays: multiplier.weekdays === undefined ? null : [...multiplier.weekdays],
    from: multiplier.from ?? null,
    until: multiplier.until ?? null,
    merchants: multiplier.merchants?.map((merchant) => typeId('mer', merchant)) ?? null,
  }
}
