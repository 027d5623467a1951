/** Less than the `Date` header and the way of an answer can tell. */
const toleranceMs = 3000

let aheadMs = 0

/** Notes what the server's clock said: a tablet's may be wrong, and the time of a sale must not be. */
export function noteServerTime(response: Response): void {
  const serverMs = Date.parse(response.headers.get('Date') ?? '')
  const differenceMs = serverMs - Date.now()
  if (!Number.isNaN(differenceMs)) aheadMs = Math.abs(differenceMs) > toleranceMs ? differenceMs : 0
}

/** The time now, by the server's clock as far as it was heard of since the page was opened. */
export function timeNow(): Date {
  return new Date(Date.now() + aheadMs)
}
