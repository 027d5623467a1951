import type { Format } from '../../clients/web/format.ts'
import type { Say } from '../../clients/web/messages.ts'
import type { Directory, Snapshot, WorseTerms } from './account/snapshot.ts'
import type { MessageKey } from './messages/en.ts'

/** One thing that gets worse, from when. */
export type ComingChange = Omit<WorseTerms, 'changes'> & WorseTerms['changes'][number]

/** What gets worse and has not started yet, the soonest first. */
export function comingChanges({ directory }: Snapshot, now: Date): readonly ComingChange[] {
  // A snapshot that an older version of this app kept knows of none.
  const told = (directory as Partial<Directory>).worse_terms ?? []
  return told
    .filter(({ effective_from: from }) => Date.parse(from) > now.getTime())
    .flatMap(({ changes, ...terms }) => changes.map((change) => ({ ...terms, ...change })))
}

interface Telling {
  readonly say: Say<MessageKey>
  readonly format: Format
  readonly directory: Pick<Directory, 'currency' | 'currency_digits'>
  shopName(merchant: string | null): string
}

/** In a sentence that begins with the day. */
export function sayChange(
  { field, before, after, merchant, effective_from: from }: ComingChange,
  { say, format, directory, shopName }: Telling,
): string {
  const told = { day: format.date(from), count: Number(after), before: format.points(Number(before)) }
  switch (field) {
    case 'points_per_currency_unit':
      return say('terms.rate', { ...told, unit: format.moneyUnit(directory.currency) })
    case 'rounding':
      return say(after === 'down' ? 'terms.rounding-down' : 'terms.rounding-nearest', told)
    case 'expires_after_months':
      return say(before === null ? 'terms.expiry-first' : 'terms.expiry', told)
    case 'daily_max_per_wallet':
      return say(before === null ? 'terms.daily-max-first' : 'terms.daily-max', told)
    case 'min_spend_minor':
      return say('terms.min-spend', { ...told, amount: format.money(Number(after), directory) })
    case 'multipliers':
      return say('terms.multipliers', told)
    case 'factor':
      return say(Number(after) === 1 ? 'terms.factor-usual' : 'terms.factor', {
        ...told,
        shop: shopName(merchant),
        factor: format.points(Number(after)),
      })
  }
}
