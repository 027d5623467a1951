import { useState, type FormEvent } from 'react'
import { answered } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { go, pathTo } from '../navigation.ts'
import { Field } from '../parts/field.tsx'
import { Link } from '../parts/link.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { StandingNotice } from '../parts/standing.tsx'
import { useAction } from '../parts/use-action.ts'

/** A gift that was written down and not yet made; its key makes sure that it is made once. */
interface Gift {
  readonly points: number
  readonly to: { readonly to: string } | { readonly to_email: string }
  readonly key: string
}

/** Giving points: to the wallet of a QR that was scanned (`#wal_…`), or to an e-mail address. */
export function GiveScreen() {
  const { say } = useLanguage()
  const [account] = useAccount()
  const [gift, setGift] = useState<Gift | null>(null)
  const [given, setGiven] = useState<{ count: number; left: number } | null>(null)
  const action = useAction({
    not_found: 'give.unknown',
    points_insufficient: 'give.too-few',
    same_wallet: 'give.self',
    wallet_locked: 'give.locked',
    request_invalid: 'fault.email',
  })
  const home = pathTo(account.membership.network, 'home')
  const make = ({ points, to, key }: Gift) =>
    action.run(async () => {
      const made = await answered(
        account.client.POST('/v1/gifts', {
          params: { header: { 'Idempotency-Key': key } },
          body: { ...to, points },
        }),
      )
      setGiven({ count: made.points, left: made.wallet.available })
      void account.refresh()
    })

  if (given) {
    return (
      <Page title={say('give.title')}>
        <Notice kind="good">{say('give.given', given)}</Notice>
        <button type="button" onClick={() => go(home)}>
          {say('done')}
        </button>
      </Page>
    )
  }
  return (
    <Page title={say('give.title')} back={home}>
      <StandingNotice />
      {gift === null ? (
        <WriteGift onWritten={setGift} />
      ) : (
        <section className="sure">
          <h2>
            {say('give.sure', {
              count: gift.points,
              who: 'to_email' in gift.to ? gift.to.to_email : say('give.who-qr'),
            })}
          </h2>
          <p>{say('give.final')}</p>
          {action.fault && <Notice kind="bad">{action.fault}</Notice>}
          <button type="button" disabled={action.isBusy} onClick={() => make(gift)}>
            {say('give.give', { count: gift.points })}
          </button>
          <button type="button" className="plain" onClick={() => setGift(null)}>
            {say('cancel')}
          </button>
        </section>
      )}
    </Page>
  )
}

function WriteGift({ onWritten }: { onWritten: (gift: Gift) => void }) {
  const { say } = useLanguage()
  const [{ membership }, { snapshot }] = useAccount()
  const [points, setPoints] = useState('')
  const [email, setEmail] = useState('')
  const scanned = /^#(wal_[0-9a-z]{26})$/.exec(location.hash)?.[1]
  const write = (event: FormEvent) => {
    event.preventDefault()
    const to = scanned === undefined ? { to_email: email.trim() } : { to: scanned }
    onWritten({ points: Number(points), to, key: crypto.randomUUID() })
  }
  const available = snapshot?.wallet.available
  return (
    <form onSubmit={write}>
      {scanned !== undefined && <Notice>{say('give.to-qr')}</Notice>}
      <Field
        label={say('give.how-many')}
        {...(available !== undefined && { hint: say('give.have', { count: available }), max: available })}
        type="number"
        inputMode="numeric"
        min={1}
        step={1}
        required
        value={points}
        onChange={(event) => setPoints(event.target.value)}
      />
      {scanned === undefined ? (
        <Field
          label={say('give.email')}
          hint={say('give.email-hint')}
          type="email"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      ) : (
        <p>
          <Link href={pathTo(membership.network, 'give')}>{say('give.to-other')}</Link>
        </p>
      )}
      <button type="submit">{say('give.next')}</button>
      <p>
        <Link href={pathTo(membership.network, 'receive')}>{say('home.receive')}</Link>
      </p>
    </form>
  )
}
