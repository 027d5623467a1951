import { z } from 'zod'
import type { NetworkId } from '../../ledger/index.ts'
import { integer, shownId, shownSum } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import type { Db } from '../tables.ts'
import { bandStarts, type Tally } from './simulation-tally.ts'

const sums = {
  purchases: integer(),
  points_given: integer().meta({ description: 'As they were given, before refunds.' }),
  points_simulated: integer().meta({ description: 'As the rule would have given them.' }),
}

/** What a simulation found. */
export const shownResult = z
  .strictObject({
    ...sums,
    cost_given_minor: integer().meta({ description: 'What the points are worth at face value.' }),
    cost_simulated_minor: integer(),
    merchants: z.array(z.strictObject({ merchant: shownId('mer'), ...sums })).meta({
      description: 'Those that sold something; first who would give most beyond what it gave.',
    }),
    customers: z
      .array(
        z.strictObject({
          purchases_from: integer(),
          purchases_to: integer().nullable().meta({ description: 'Null: any number.' }),
          customers: integer(),
          gaining: integer().meta({ description: 'Customers who would have got more.' }),
          losing: integer().meta({ description: 'Customers who would have got less.' }),
          ...sums,
        }),
      )
      .meta({
        description:
          'In bands, by how many purchases they made in the period. Purchases that nobody collected yet are in none.',
      }),
  })
  .meta({ id: 'EarningRuleSimulation' })

/** A tally as it is shown. */
export async function presentResult(
  db: Db,
  network: NetworkId,
  tally: Tally,
): Promise<z.input<typeof shownResult>> {
  const { point_face_value_minor: worth } = await db
    .selectFrom('api.network')
    .select('point_face_value_minor')
    .where('network_id', '=', network)
    .executeTakeFirstOrThrow()
  const all = Object.values(tally.merchants)
  const given = all.reduce((sum, each) => sum + BigInt(each.given), 0n)
  const simulated = all.reduce((sum, each) => sum + BigInt(each.simulated), 0n)
  const merchants = Object.entries(tally.merchants)
    .map(([uuid, each]) => ({ merchant: typeId('mer', uuid), ...presentSums(each) }))
    .toSorted((one, other) => gainOf(other) - gainOf(one) || (one.merchant < other.merchant ? -1 : 1))
  return {
    purchases: all.reduce((sum, each) => sum + each.purchases, 0),
    points_given: shownSum(given),
    points_simulated: shownSum(simulated),
    cost_given_minor: shownSum(given * worth),
    cost_simulated_minor: shownSum(simulated * worth),
    merchants,
    customers: bandStarts.flatMap((start, index) => {
      const band = tally.bands[start]
      if (band === undefined) return []
      const { customers, gaining, losing } = band
      const next = bandStarts[index + 1]
      const purchases_to = next === undefined ? null : next - 1
      return [{ purchases_from: start, purchases_to, customers, gaining, losing, ...presentSums(band) }]
    }),
  }
}

function presentSums({ purchases, given, simulated }: Tally['merchants'][string]) {
  return { purchases, points_given: shownSum(BigInt(given)), points_simulated: shownSum(BigInt(simulated)) }
}

function gainOf(sum: { points_given: number; points_simulated: number }): number {
  return sum.points_simulated - sum.points_given
}
