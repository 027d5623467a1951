import { useEffect, useState, type FormEvent } from 'react'
import { Waiting } from '../../../../clients/web/mark.tsx'
import type { components } from '../../../../clients/typescript/index.js'
import { answerOf, type Calls } from '../calls.ts'
import type { Place } from '../counter.tsx'
import type { MessageKey } from '../messages/en.ts'
import { readReceipts } from '../receipts.ts'
import { useMoney, useTill } from '../till-context.tsx'
import { NoBand, Note, Screen } from './parts.tsx'

export type Transaction =
  Awaited<ReturnType<typeof readPage>> extends infer Answer
    ? Answer extends { is: 'done'; data: { data: (infer Each)[] } }
      ? Each
      : never
    : never

type Problem = components['schemas']['Problem']
const pageSize = 20

async function readPage(
  calls: Calls,
  till: string,
  { reference, after }: { reference?: string; after?: string },
) {
  const query = {
    limit: pageSize,
    ...(reference === undefined ? { till } : { reference }),
    ...(after !== undefined && { after }),
  }
  return await answerOf(calls.GET('/v1/transactions', { params: { query } }))
}

/** This till's sales, the newest first; or those of the shop with a receipt's number. */
export function History({ onGo }: { onGo: (place: Place) => void }) {
  const { counter, say, isTraining } = useTill()
  const [receipts, setReceipts] = useState<ReadonlyMap<string, string>>(new Map())
  const [sales, setSales] = useState<Transaction[]>()
  const [next, setNext] = useState<string | null>(null)
  const [reference, setReference] = useState<string>()
  const [fault, setFault] = useState<Problem | 'unanswered' | null>(null)

  const read = async (asked: { reference?: string; after?: string }) => {
    const answer = await readPage(counter.calls, counter.till.id, asked)
    if (answer.is !== 'done') return setFault(answer.is === 'refused' ? answer.problem : 'unanswered')
    setFault(null)
    setSales((before) =>
      asked.after === undefined ? answer.data.data : [...(before ?? []), ...answer.data.data],
    )
    setNext(answer.data.next)
  }
  useEffect(() => {
    if (isTraining) return
    void read({})
    void readReceipts(counter.store).then(setReceipts)
  }, [])
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const typed = String(new FormData(event.currentTarget).get('reference')).trim()
    setReference(typed || undefined)
    void read(typed ? { reference: typed } : {})
  }
  if (isTraining) {
    return (
      <Screen title={say('history_title')} name="narrow" onBack={() => onGo({ is: 'amount' })}>
        <Note text={say('history_practice')} />
      </Screen>
    )
  }
  return (
    <Screen title={say('history_title')} name="narrow" onBack={() => onGo({ is: 'amount' })}>
      <form className="search" onSubmit={search}>
        <label>
          {say('history_find')}
          <input name="reference" autoComplete="off" maxLength={100} />
        </label>
        <button>{say('find_go')}</button>
      </form>
      {fault && <NoBand text={say('history_no_network')} />}
      {!sales && !fault && <Waiting label={say('loading')} />}
      {sales?.length === 0 && <Note text={say(reference ? 'history_no_receipt' : 'history_none')} />}
      <ul className="sales">
        {sales?.map((sale) => (
          <li key={sale.id}>
            <SaleLine
              sale={sale}
              receipt={receipts.get(sale.id)}
              onOpen={() => onGo({ is: 'past', transaction: sale.id })}
            />
          </li>
        ))}
      </ul>
      {next !== null && (
        <button
          type="button"
          onClick={() => void read({ after: next, ...(reference !== undefined && { reference }) })}
        >
          {say('history_more')}
        </button>
      )}
    </Screen>
  )
}

function SaleLine({
  sale,
  receipt,
  onOpen,
}: {
  sale: Transaction
  receipt: string | undefined
  onOpen: () => void
}) {
  const { say, format } = useTill()
  const money = useMoney()
  return (
    <button type="button" className="sale-line" onClick={onOpen}>
      <span className="number muted">
        {format.day(sale.occurred_at)} {format.time(sale.occurred_at)}
      </span>
      <span className="what">
        {say(kindKey(sale.kind))} {receipt !== undefined && <small>{say('receipt_is', { receipt })}</small>}
      </span>
      <span className="number">{sale.amount_minor === null ? '' : money(sale.amount_minor)}</span>
      <span className="number">{describePoints(sale, format.signedPoints).join('  ')}</span>
    </button>
  )
}

/** A transaction's kind in words. */
export function kindKey(kind: Transaction['kind']): MessageKey {
  const known = ['issue', 'redeem', 'reverse', 'hold', 'capture', 'void'] as const
  const found = known.find((each) => each === kind)
  return found === undefined ? 'was_other' : `was_${found}`
}

/** For the customer: what it gave is above 0, what it took below; a refund the other way round. */
function describePoints(
  { kind, points, redeemed_points: taken }: Transaction,
  sign: (points: number) => string,
) {
  const way = kind === 'reverse' ? -1 : 1
  return [points * way, -taken * way].filter((each) => each !== 0).map(sign)
}
