import { useState, type CSSProperties } from 'react'
import type { Place } from '../counter.tsx'
import type { Outbox } from '../hooks.ts'
import { play } from '../sounds.ts'
import type { Settings } from '../store.ts'
import { useTill } from '../till-context.tsx'
import { NoBand, Note, Screen } from './parts.tsx'

/** How loud, in which language, and the end of being a till. */
export function SettingsScreen({
  outbox,
  onGo,
  onSettings,
  onUnpair,
}: {
  outbox: Outbox
  onGo: (place: Place) => void
  onSettings: (changed: Settings) => void
  onUnpair: () => void
}) {
  const { say, settings, counter } = useTill()
  const [isSure, setSure] = useState(false)
  const hasWaiting = outbox.waiting.length > 0 || outbox.refused.length > 0
  return (
    <Screen title={say('settings_title')} name="narrow" onBack={() => onGo({ is: 'amount' })}>
      <p className="muted">
        {counter.till.network.name} · {counter.till.merchant.name} · {counter.till.name}
      </p>
      <label>
        {say('volume')}
        <input
          type="range"
          min={0}
          max={10}
          value={Math.round(settings.volume * 10)}
          style={{ '--part': `${settings.volume * 100}%` } as CSSProperties}
          onChange={(event) => onSettings({ ...settings, volume: event.target.valueAsNumber / 10 })}
        />
      </label>
      <button type="button" onClick={() => play('yes', settings.volume)}>
        {say('try_sound')}
      </button>
      <label>
        {say('language')}
        <select
          value={settings.language ?? ''}
          onChange={(event) => onSettings({ ...settings, language: languageOf(event.target.value) })}
        >
          <option value="">{say('language_device')}</option>
          <option value="en">English</option>
          <option value="de">Deutsch</option>
        </select>
      </label>
      {hasWaiting ? (
        <Note text={say('unpair_waits')} />
      ) : isSure ? (
        <NoBand text={say('unpair_sure')}>
          <button type="button" onClick={onUnpair}>
            {say('unpair')}
          </button>
        </NoBand>
      ) : (
        <button type="button" className="quiet bad" onClick={() => setSure(true)}>
          {say('unpair')}
        </button>
      )}
    </Screen>
  )
}

function languageOf(value: string): Settings['language'] {
  return value === 'en' || value === 'de' ? value : null
}
