import { useCallback } from 'react'
import { Waiting } from '../../../clients/web/mark.tsx'
import { answered, Refused, type Transaction } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { changeInWords, kindOf, titleOf } from '../history/words.ts'
import { useLanguage } from '../language.tsx'
import { pathTo } from '../navigation.ts'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Receipt } from '../parts/receipt.tsx'
import { useAnswer } from '../parts/use-answer.ts'
import { useTelling } from '../parts/use-telling.ts'

/** One entry of the history, with all that is known of it. */
export function EntryDetails({ id }: { id: string }) {
  const { say } = useLanguage()
  const [{ client, membership }, { snapshot }] = useAccount()
  const known = snapshot?.transactions.find((each) => each.id === id)
  // Null: it is not in this wallet's history.
  const ask = useCallback(
    () =>
      known
        ? Promise.resolve(known)
        : answered(client.GET('/v1/transactions/{id}', { params: { path: { id } } })).catch(
            (error: unknown) => {
              if (error instanceof Refused) return null
              throw error
            },
          ),
    [client, id, known],
  )
  const [asked] = useAnswer(ask)
  const entry = known ?? (asked.is === 'there' ? asked.data : undefined)
  return (
    <Page title={say('details.title')} back={pathTo(membership.network, 'history')}>
      {entry === undefined && asked.is === 'asking' && <Waiting label={say('loading')} />}
      {asked.is === 'unreachable' && <Notice kind="offline">{say('fault.load')}</Notice>}
      {entry === null && <Notice kind="bad">{say('details.gone')}</Notice>}
      {entry && <Details entry={entry} />}
    </Page>
  )
}

function Details({ entry }: { entry: Transaction }) {
  const telling = useTelling()
  const { say, format, money } = telling
  const points = (count: number) => (count === 0 ? null : say('points', { count }))
  const isPurchase = entry.kind === 'issue' && entry.amount_minor !== null
  const facts: readonly (readonly [string, string | null])[] = [
    [say('details.when'), `${format.fullDay(entry.occurred_at)}, ${format.time(entry.occurred_at)}`],
    [say('details.bill'), isPurchase ? money(entry.amount_minor ?? 0, entry.currency) : null],
    [say('details.given'), isPurchase ? points(entry.points) : null],
    [say('details.paid'), points(entry.redeemed_points)],
    [say('details.to-pay'), isPurchase ? money(entry.money_minor, entry.currency) : null],
    [say('details.taken-back'), points(entry.taken_back_points)],
    [say('details.given-back'), points(entry.given_back_points)],
    [say('details.number'), entry.id],
  ]
  return (
    <>
      <p className="figure number">{changeInWords(telling, entry)}</p>
      <p className="lead">
        {titleOf(telling, entry)}, {kindOf(telling, entry)}
      </p>
      <dl className="facts">
        {facts.map(
          ([name, value]) =>
            value !== null && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      <Receipt transaction={entry.id} />
    </>
  )
}
