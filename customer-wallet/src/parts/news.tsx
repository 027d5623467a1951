import { IconX } from '@tabler/icons-react'
import { useEffect } from 'react'
import type { Transaction } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { changeOf } from '../history/change.ts'
import { titleOf, type Telling } from '../history/words.ts'
import { useTelling } from './use-telling.ts'

/** How long it stays; what it says is in the history too. */
const shownMs = 8000

/** What just happened, the moment it does: large, and read out. */
export function News() {
  const [account, { news, snapshot }] = useAccount()
  const telling = useTelling()
  useEffect(() => {
    if (news === null) return
    navigator.vibrate?.(80)
    const timer = setTimeout(account.dismissNews, shownMs)
    return () => clearTimeout(timer)
  }, [account, news])

  // It is heard of before the balance is asked for again.
  const isCounted = snapshot?.transactions.some(({ id }) => id === news?.id)
  // Always there, so that what comes into it is read out.
  return (
    <div className="news-place" role="alert">
      {news && snapshot && (
        <div className="news">
          <p className="news-change number" aria-hidden>
            {telling.format.signedPoints(changeOf(news, telling.wallet))}
          </p>
          <p>{newsInWords(telling, news)}</p>
          {isCounted && <p>{telling.say('news.balance', { count: snapshot.wallet.available })}</p>}
          <button
            type="button"
            className="news-close"
            aria-label={telling.say('news.close')}
            onClick={account.dismissNews}
          >
            <IconX aria-hidden />
          </button>
        </div>
      )}
    </div>
  )
}

function newsInWords(telling: Telling, news: Transaction): string {
  const { say, wallet, format } = telling
  const change = changeOf(news, wallet)
  const shop = titleOf(telling, news)
  if (news.kind === 'gift')
    return say(change > 0 ? 'news.gift' : 'news.gift-given', { count: Math.abs(change) })
  if (news.kind === 'issue' && change > 0) return say('news.given', { count: change, shop })
  if (change < 0 && ['redeem', 'capture', 'issue'].includes(news.kind)) {
    return say('news.spent', { count: -change, shop })
  }
  return say('news.other', { shop, change: format.signedPoints(change) })
}
