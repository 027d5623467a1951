const dayMs = 24 * 60 * 60 * 1000

/**
 * Whether the birthday (`MM-DD`) lies in the week, Monday to Sunday, that `now` is in by the network's days. Who was
 * born on 29 February has it on 1 March in other years.
 */
export function isBirthdayWeek(birthday: string, now: Date, timeZone: string): boolean {
  const [year = 0, month = 0, day = 0] = new Intl.DateTimeFormat('en-CA', { timeZone })
    .format(now)
    .split('-')
    .map(Number)
  const today = Date.UTC(year, month - 1, day)
  const sinceMonday = (new Date(today).getUTCDay() + 6) % 7
  const monday = today - sinceMonday * dayMs
  const [bornMonth = 0, bornDay = 0] = birthday.split('-').map(Number)
  // The week around New Year has days of two years.
  return [year - 1, year, year + 1].some((each) => {
    const date = Date.UTC(each, bornMonth - 1, bornDay)
    return date >= monday && date < monday + 7 * dayMs
  })
}
