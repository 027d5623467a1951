/** What the server says of a person, of this shop alone. */
export interface PersonHere {
  readonly name: string | null
  readonly visits: number
  /** `YYYY-MM-DD`, null before the first sale. */
  readonly since: string | null
  readonly last_visit: string | null
  readonly birthday_week?: boolean
}

const dayMs = 24 * 60 * 60 * 1000
const missedAfterDays = 60

/**
 * One thing that a kind shopkeeper would say now, the dearest first: which message. Numbers of visits count this one,
 * unless it was counted already.
 */
export type KindWord = 'birthday' | 'first_visit' | 'round_visit' | 'missed' | 'years' | 'regular' | 'again'

/** `today`: the network's local day. */
export function kindWord(person: PersonHere, today: string): KindWord {
  const { visits, since, last_visit: last } = person
  if (person.birthday_week) return 'birthday'
  if (visits === 0 || since === null || last === null) return 'first_visit'
  if (isRound(visitNumber(person, today))) return 'round_visit'
  if (daysBetween(last, today) >= missedAfterDays) return 'missed'
  if (since.slice(5) === today.slice(5) && since < today) return 'years'
  return visits >= 5 && daysBetween(since, today) / visits <= 10 ? 'regular' : 'again'
}

/** Which visit this is: visits are days with a sale here, and today may be one of them already. */
export function visitNumber({ visits, last_visit: last }: PersonHere, today: string): number {
  return last === today ? visits : visits + 1
}

function isRound(visit: number): boolean {
  return visit === 10 || visit === 25 || (visit > 0 && visit % 50 === 0)
}

function daysBetween(from: string, until: string): number {
  return Math.round((Date.parse(until) - Date.parse(from)) / dayMs)
}

/** The local day of a time zone, as `YYYY-MM-DD`. */
export function localDay(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone }).format(at)
}
