/**
 * A phone number as people write it, in E.164 (`+4930123456`): spaces, dashes, dots, slashes and brackets fall
 * away, a leading `00` is a `+`. Null when no country code leads or the length is wrong.
 */
export function normalizePhone(text: string): string | null {
  const compact = text.replaceAll(/[\s\-./()]/g, '').replace(/^00/, '+')
  return /^\+[1-9][0-9]{6,14}$/.test(compact) ? compact : null
}
