import { z } from 'zod'

/** A printed card's number as people type it: spaces and dashes fall away, letters are capitals; 6 to 32 in all. */
export function cardNumber() {
  return written(6)
}

/** The number of a card to be bound, which must not be hit upon by trying: at least 10. */
export function newCardNumber() {
  return written(10)
}

function written(lengthMin: number) {
  const pattern = new RegExp(`^[0-9A-Z]{${lengthMin},32}$`)
  return z
    .string()
    .max(64)
    .transform((value) => value.replaceAll(/[\s-]/g, '').toUpperCase())
    .pipe(z.string().regex(pattern, `must be a card number: ${lengthMin} to 32 digits and letters`))
    .meta({ example: '2900 0000 1234' })
}
