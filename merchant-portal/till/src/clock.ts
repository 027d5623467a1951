/** Less than the `Date` header and the way of an answer can tell. */
const toleranceMs = 3000

let aheadMs = 0
let keptMs = 0
let keep: (aheadMs: number) => void = () => {}

/** Goes on from what was kept when the page was last open, and has each change kept. */
export function startClock(lastMs: number, keepChanged: (aheadMs: number) => void): void {
  aheadMs = lastMs
  keptMs = lastMs
  keep = keepChanged
}

/** Notes what the server's clock said: a tablet's may be wrong, and the time of a sale must not be. */
export function noteServerTime(response: Response): void {
  const serverMs = Date.parse(response.headers.get('Date') ?? '')
  const differenceMs = serverMs - Date.now()
  if (Number.isNaN(differenceMs)) return
  aheadMs = Math.abs(differenceMs) > toleranceMs ? differenceMs : 0
  if (Math.abs(aheadMs - keptMs) <= toleranceMs) return
  keptMs = aheadMs
  keep(aheadMs)
}

/** The time now, by the server's clock as far as this tablet ever heard of it. */
export function timeNow(): Date {
  return new Date(Date.now() + aheadMs)
}
