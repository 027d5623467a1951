import type { Transaction } from '../account/snapshot.ts'

/** By how many points a transaction changed a wallet, what is only set aside not counted. */
export function changeOf({ legs = [] }: Transaction, wallet: string): number {
  return legs
    .filter(({ pending }) => !pending)
    .reduce((sum, { debit, credit, points }) => {
      const into = credit.wallet === wallet ? points : 0
      const out = debit.wallet === wallet ? points : 0
      return sum + into - out
    }, 0)
}
