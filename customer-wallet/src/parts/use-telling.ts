import { useMemo } from 'react'
import { useAccount } from '../app-context.ts'
import type { Telling } from '../history/words.ts'
import { useLanguage } from '../language.tsx'

/** How to tell of this network's transactions. */
export function useTelling(): Telling {
  const language = useLanguage()
  const [{ membership }, { snapshot }] = useAccount()
  return useMemo(() => {
    const shops = new Map(snapshot?.directory.shops.map(({ id, name }) => [id, name]))
    return {
      ...language,
      money: (minor, currency) => language.format.money(minor, { ...snapshot?.directory, currency }),
      wallet: membership.wallet,
      shopName: (merchant) => shops.get(merchant ?? '') ?? language.say('history.unknown-shop'),
    }
  }, [language, membership, snapshot])
}
