/**
 * A compact JWS as digits: each character as two, its code point − 45 (SMART Health Cards, "Encoding chunks as QR
 * codes"). A QR of digits is smaller, and a scanner that types can't mistype them on another keyboard.
 */
export function writeDigits(jws: string): string {
  return Array.from(jws, (character) => String(character.charCodeAt(0) - 45).padStart(2, '0')).join('')
}
