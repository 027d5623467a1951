import { z } from 'zod'
import { normalizePhone } from './phone.ts'

/** A phone number with its country code, as E.164. */
export function phone() {
  return z
    .string()
    .max(40)
    .transform((value, context) => {
      const e164 = normalizePhone(value)
      if (e164 !== null) return e164
      context.addIssue({
        code: 'custom',
        message: 'must be a phone number with its country code, e.g. +49 30 123456',
      })
      return z.NEVER
    })
    .meta({ example: '+4930123456' })
}

/** What the network's `minimum_age` asks of whoever joins. */
export const ofAge = z.boolean().meta({
  description: "They say that they are at least as old as the network's `minimum_age`, where it has one.",
})

/** Month and day, e.g. 11-21; 02-29 is one. */
export function birthday() {
  return z
    .string()
    .regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'must be month and day, e.g. 11-21')
    .refine(isDay, { error: 'is not a day of that month' })
}

/** Which letters a customer gets. They are part of the service, so there is no consent: it is the customer's choice. */
export const letters = z
  .strictObject({
    spends: z.boolean().meta({ description: 'One at each spend of theirs.' }),
    endings: z.boolean().meta({ description: 'One before points end.' }),
  })
  .meta({ description: 'Which letters they get by e-mail.' })

function isDay(monthAndDay: string): boolean {
  const [month = 0, day = 0] = monthAndDay.split('-').map(Number)
  // Of a leap year; a day too many would be in the next month.
  return new Date(Date.UTC(2024, month - 1, day)).getUTCDate() === day
}
