/** Of SQLSTATE: connection exceptions (class 08), and a server that is stopped, crashed or starting (57P01 to 57P03). */
const codes = /^(08...|57P0[123]|ECONNREFUSED|ECONNRESET|EPIPE)$/
/** As `pg` words it, without a code. */
const words = /Connection terminated|Client was closed|connection error and is not queryable/

/** Whether an error, or what it came of, is that PostgreSQL went away. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && codes.test(String(error.code))) return true
  return words.test(error.message) || isDatabaseAway(error.cause)
}
