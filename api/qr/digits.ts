/**
 * The digits form of a compact JWS: each character as two digits, its code point − 45 (SMART Health Cards,
 * "Encoding chunks as QR codes", without the `shc:/` prefix). `-` is 00, `z` is 77.
 */
const offset = 45

/** A compact JWS as digits. The characters must lie between `-` and `z`, as those of every compact JWS do. */
export function writeDigits(jws: string): string {
  return Array.from(jws, (character) => String(character.charCodeAt(0) - offset).padStart(2, '0')).join('')
}

/** The compact JWS in a text of digits; null when the digits are not whole pairs from 00 to 77. */
export function readDigits(digits: string): string | null {
  if (!/^(?:[0-6][0-9]|7[0-7])+$/.test(digits)) return null
  let jws = ''
  for (let i = 0; i < digits.length; i += 2) {
    jws += String.fromCharCode(Number(digits.slice(i, i + 2)) + offset)
  }
  return jws
}
