import { z } from 'zod'

/** A printed card's number as people type it: spaces and dashes fall away, letters are capitals; 6 to 32 in all. */
export function cardNumber() {
  return z
    .string()
    .max(64)
    .transform((value) => value.replaceAll(/[\s-]/g, '').toUpperCase())
    .pipe(z.string().regex(/^[0-9A-Z]{6,32}$/, 'must be a card number: 6 to 32 digits and letters'))
    .meta({ example: '2900 0000 1234' })
}
