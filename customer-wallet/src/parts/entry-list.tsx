import type { Transaction } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { changeOf } from '../history/change.ts'
import { changeInWords, kindOf, titleOf } from '../history/words.ts'
import { pathTo } from '../navigation.ts'
import { Link } from './link.tsx'
import { useTelling } from './use-telling.ts'

/** Transactions in words, each leading to its details. */
export function EntryList({ transactions }: { transactions: readonly Transaction[] }) {
  const [{ membership }] = useAccount()
  const telling = useTelling()
  return (
    <ul className="entries">
      {transactions.map((transaction) => (
        <li key={transaction.id}>
          <Link href={pathTo(membership.network, 'history', transaction.id)}>
            <span className="entry-day">{telling.format.day(transaction.posted_at)}</span>
            <span className="entry-what">
              <strong>{titleOf(telling, transaction)}</strong>
              <span className="muted">{kindOf(telling, transaction)}</span>
            </span>
            <span
              className={`entry-change number ${changeOf(transaction, telling.wallet) > 0 ? 'plus' : ''}`}
            >
              {changeInWords(telling, transaction)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
