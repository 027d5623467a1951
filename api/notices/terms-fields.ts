import { z } from 'zod'
import { integer, shownId, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { termsFields } from '../rules/coming-terms.ts'
import type { WorseTerms } from './terms-store.ts'

const value = z.union([z.string(), integer()]).nullable()

/** Terms that get worse, in an answer. */
export const shownWorseTerms = z
  .strictObject({
    merchant: shownId('mer')
      .nullable()
      .meta({ description: 'Whose own factor it is; null: the network’s rule.' }),
    effective_from: shownTime(),
    told_at: shownTime().nullable().meta({
      description:
        'When the letters to customers, of a shop’s own factor to those who bought there, were queued, as it was set or became worse by what was set, from which its `notice_days` count; null: there were none yet.',
    }),
    changes: z.array(
      z.strictObject({
        field: z.enum(termsFields),
        before: value.meta({
          description: 'As rules show it; null is without end, cap or minimum, and for `multipliers`.',
        }),
        after: value,
      }),
    ),
  })
  .meta({ id: 'WorseTerms' })

/** How it is shown. */
export function presentWorseTerms(terms: WorseTerms): z.input<typeof shownWorseTerms> {
  return {
    merchant: terms.shop && typeId('mer', terms.shop.uuid),
    effective_from: terms.effectiveFrom.toISOString(),
    told_at: terms.toldAt?.toISOString() ?? null,
    changes: [...terms.changes],
  }
}
