import { IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { answered } from '../account/snapshot.ts'
import { useAccount, useApp } from '../app-context.ts'
import { languages, useLanguage } from '../language.tsx'
import { go, networksPath, pathTo, startPath, type NetworkScreen } from '../navigation.ts'
import { ChooseLetters } from '../parts/choose-letters.tsx'
import { Link } from '../parts/link.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { StandingNotice } from '../parts/standing.tsx'
import { useAction } from '../parts/use-action.ts'

/** Everything that is not needed every day. */
export function MoreScreen() {
  const { say } = useLanguage()
  const [, { snapshot }] = useAccount()
  const person = snapshot?.person
  return (
    <Page title={say('more.title')}>
      <StandingNotice />
      <h2>{say('more.wallet')}</h2>
      <Lock />
      <Links
        to={[
          ['points', say('more.points')],
          ['give', say('home.give')],
          ['receive', say('home.receive')],
          ['devices', say('devices.title')],
        ]}
      />
      <h2>{say('more.you')}</h2>
      <Links
        to={[
          ['profile', say('profile.title')],
          ['consents', say('consents.title')],
        ]}
      />
      {/* What an older version kept on the device says nothing of letters. */}
      {person?.email && 'letters' in person && <ChooseLetters person={person} />}
      <ChooseLanguage />
      <h2>{say('more.data')}</h2>
      <Links
        to={[
          ['data', say('data.title')],
          ['responsible', say('responsible.title')],
          ['erase', say('erase.title')],
          ['help', say('help.title')],
        ]}
      />
      <ul className="links">
        <li>
          <Link href={networksPath}>
            <span>{say('networks.title')}</span>
            <IconChevronRight aria-hidden />
          </Link>
        </li>
      </ul>
      <SignOut />
    </Page>
  )
}

function Links({ to }: { to: readonly (readonly [NetworkScreen, string])[] }) {
  const [{ membership }] = useAccount()
  return (
    <ul className="links">
      {to.map(([screen, title]) => (
        <li key={screen}>
          <Link href={pathTo(membership.network, screen)}>
            <span>{title}</span>
            <IconChevronRight aria-hidden />
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Lock() {
  const { say } = useLanguage()
  const [{ client, membership, refresh }, { snapshot }] = useAccount()
  const action = useAction()
  const isLocked = snapshot?.wallet.locked === true
  const turn = () =>
    action.run(async () => {
      await answered(
        client.PUT('/v1/wallets/{id}/lock', {
          params: { path: { id: membership.wallet } },
          body: { locked: !isLocked },
        }),
      )
      await refresh()
    })
  return (
    <div className="switch-row">
      <div>
        <strong id="lock">{say('more.lock')}</strong>
        <p className="muted" id="lock-text">
          {say('more.lock-text')}
        </p>
      </div>
      <button
        type="button"
        className="switch"
        role="switch"
        aria-checked={isLocked}
        aria-labelledby="lock"
        aria-describedby="lock-text"
        disabled={action.isBusy || snapshot === null}
        onClick={turn}
      >
        <span>{say(isLocked ? 'more.locked' : 'more.unlocked')}</span>
      </button>
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
    </div>
  )
}

function ChooseLanguage() {
  const { say, code } = useLanguage()
  const { chooseLanguage } = useApp()
  return (
    <label className="select-row">
      <span>{say('more.language')}</span>
      <select value={code} onChange={(event) => void chooseLanguage(event.target.value)}>
        {Object.entries(languages).map(([each, name]) => (
          <option key={each} value={each} lang={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

function SignOut() {
  const { say } = useLanguage()
  const { remove } = useApp()
  const [{ client, membership }] = useAccount()
  const [isSure, setSure] = useState(false)
  const action = useAction()
  const signOut = () =>
    action.run(async () => {
      await client.DELETE('/v1/wallet-devices/{id}', { params: { path: { id: membership.device } } })
      await client.DELETE('/v1/sessions')
      go(startPath)
      await remove(membership.network)
    })
  if (!isSure) {
    return (
      <button type="button" className="plain" onClick={() => setSure(true)}>
        {say('more.sign-out')}
      </button>
    )
  }
  return (
    <section className="sure">
      <p>{say('more.sign-out-sure')}</p>
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
      <button type="button" disabled={action.isBusy} onClick={signOut}>
        {say('more.sign-out')}
      </button>
      <button type="button" className="plain" onClick={() => setSure(false)}>
        {say('cancel')}
      </button>
    </section>
  )
}
