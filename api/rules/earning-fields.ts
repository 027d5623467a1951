import { z } from 'zod'
import { decimal, minor, points } from '../http/fields.ts'
import { multipliers } from './multiplier-fields.ts'

export const rounding = z.enum(['down', 'nearest', 'up'])

/** What says how many points a purchase gives, in a body. */
export const earningFields = {
  points_per_currency_unit: decimal().meta({
    description: 'Points for one unit (euro, pound) of a purchase.',
  }),
  rounding,
  daily_max_per_wallet: points(0)
    .nullable()
    .default(null)
    .meta({ description: 'Most points a wallet earns in a local day; null: no cap.' }),
  min_spend_minor: minor(0)
    .nullable()
    .default(null)
    .meta({ description: 'A purchase that earns on less than this gives nothing.' }),
  multipliers: multipliers().default([]),
}
