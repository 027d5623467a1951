import { IconCloudOff, IconMenu2, IconX } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { Place } from '../counter.tsx'
import type { Outbox } from '../hooks.ts'
import { useTill } from '../till-context.tsx'

/** Whose till this is and how it stands; the menu; that this is training. */
export function Header({
  outbox,
  place,
  onGo,
  onShut,
  onTraining,
}: {
  outbox: Outbox
  place: Place
  onGo: (place: Place) => void
  onShut: () => void
  onTraining: (isOn: boolean) => void
}) {
  const { counter, person, say, isTraining } = useTill()
  const [isOpen, setOpen] = useState(false)
  const waiting = outbox.waiting.length
  const refused = outbox.refused.length
  const pick = (picked: () => void) => () => {
    setOpen(false)
    picked()
  }
  return (
    <header>
      {isTraining && <p className="training">{say('training')}</p>}
      <div className="bar">
        <p className="whose">
          <strong>{counter.till.merchant.name}</strong> · {person?.name ?? say('nobody')}
        </p>
        <p className="network" role="status">
          {!outbox.isOnline && (
            <span className="offline">
              <IconCloudOff aria-hidden />{' '}
              <span className={waiting > 0 ? 'offline-word' : ''}>{say('offline')}</span>
            </span>
          )}
        </p>
        {waiting > 0 && (
          <button type="button" className="quiet" onClick={() => onGo({ is: 'waiting' })}>
            {say('waiting_count', { count: waiting })}
          </button>
        )}
        {refused > 0 && (
          <button type="button" className="quiet bad" onClick={() => onGo({ is: 'waiting' })}>
            {say('refused_count', { count: refused })}
          </button>
        )}
        <button type="button" className="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? <IconX aria-hidden /> : <IconMenu2 aria-hidden />} {say('menu')}
        </button>
      </div>
      {isOpen && (
        <Menu onClose={() => setOpen(false)}>
          {place.is !== 'amount' && (
            <button type="button" onClick={pick(() => onGo({ is: 'amount' }))}>
              {say('amount_title')}
            </button>
          )}
          <button type="button" onClick={pick(() => onGo({ is: 'history' }))}>
            {say('history_title')}
          </button>
          <button type="button" onClick={pick(() => onGo({ is: 'close' }))}>
            {say('day_title')}
          </button>
          <button type="button" onClick={pick(() => onGo({ is: 'waiting' }))}>
            {say('waiting_title')}
          </button>
          <button
            type="button"
            onClick={pick(() => {
              onTraining(!isTraining)
              onGo({ is: 'amount' })
            })}
          >
            {say(isTraining ? 'training_off' : 'training_on')}
          </button>
          <button type="button" onClick={pick(() => onGo({ is: 'settings' }))}>
            {say('settings_title')}
          </button>
          <button type="button" onClick={pick(onShut)}>
            {say('switch_person')}
          </button>
        </Menu>
      )}
    </header>
  )
}

function Menu({ onClose, children }: { onClose: () => void; children: React.ReactNode }) {
  const menu = useRef<HTMLElement>(null)
  const { say } = useTill()
  useEffect(() => menu.current?.querySelector('button')?.focus(), [])
  return (
    <nav
      ref={menu}
      className="menu"
      aria-label={say('menu')}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      {children}
    </nav>
  )
}
