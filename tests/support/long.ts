/** Whether this is `npm run test:long`. */
export const isLongRun = process.env.TALLY_TEST_LONG === '1'

/** How many rounds, histories or commands to try: so many in CI, so many in the long run. */
export function rounds(short: number, long: number): number {
  return isLongRun ? long : short
}
