import { useEffect, useMemo, useState } from 'react'
import { Waiting } from '../../../clients/web/mark.tsx'
import { answerOf, createCalls } from './calls.ts'
import { CounterScreens } from './counter.tsx'
import { useOutbox } from './hooks.ts'
import { keepTill } from './receipts.ts'
import { KeyEnded, Pair } from './screens/pair.tsx'
import { Pin } from './screens/pin.tsx'
import { settingsUnlessTold, type PairedTill, type Settings, type TillStore } from './store.ts'
import { TillProvider, type OpenTill, type Staff } from './till-context.tsx'
import { speak } from './words.ts'

/** The till: paired or not, open or not. */
export function App({ store }: { store: TillStore }) {
  const [till, setTill] = useState<PairedTill | null>()
  const [settings, setSettings] = useState(settingsUnlessTold)
  useEffect(() => {
    void store.get('till', 'paired').then((paired) => setTill(paired ?? null))
    void store.get('settings', 'settings').then((kept) => kept && setSettings(kept))
  }, [store])
  const { say, locale } = speak(settings)
  useEffect(() => {
    document.documentElement.lang = locale
  }, [locale])

  if (till === undefined) return <Waiting label={say('loading')} />
  const change = (changed: Settings) => {
    setSettings(changed)
    void store.put('settings', changed, 'settings')
  }
  const pair = async (paired: PairedTill | null) => {
    await keepTill(store, paired)
    setTill(paired)
  }
  if (till === null) return <Pair say={say} onPaired={(paired) => void pair(paired)} />
  return (
    <Paired
      key={till.key}
      store={store}
      till={till}
      settings={settings}
      onSettings={change}
      onTill={(changed) => void pair(changed)}
      onUnpair={() => void pair(null)}
    />
  )
}

function Paired(props: {
  store: TillStore
  till: PairedTill
  settings: Settings
  onSettings: (changed: Settings) => void
  onTill: (changed: PairedTill) => void
  onUnpair: () => void
}) {
  const { store, till, settings, onTill } = props
  // Undefined: the till is shut. Null: open without a name.
  const [person, setPerson] = useState<Staff | null>()
  const [isTraining, setTraining] = useState(false)
  const outbox = useOutbox(store, till)
  // Names and the network's settings may have changed since it was paired: each time it is opened it asks.
  useEffect(() => {
    const ask = async () => {
      const self = await answerOf(createCalls(till.key).GET('/v1/tills/self'))
      const changed = self.is === 'done' ? { ...self.data, key: till.key } : till
      if (JSON.stringify(changed) !== JSON.stringify(till)) onTill(changed)
    }
    void ask()
    // Not when it changes by that very answer.
  }, [person])
  const open = useMemo((): OpenTill => {
    const staff = person ?? null
    const { say, format } = speak(settings, till.network)
    const counter = { store, till, calls: createCalls(till.key, staff), staff }
    return { counter, say, format, settings, person: staff, isTraining }
  }, [store, till, settings, person, isTraining])

  return (
    <TillProvider value={open}>
      {!outbox.isKeyGood ? (
        <KeyEnded outbox={outbox} onPairAgain={props.onUnpair} />
      ) : person === undefined ? (
        <Pin onOpen={setPerson} />
      ) : (
        <CounterScreens
          outbox={outbox}
          onSettings={props.onSettings}
          onTraining={setTraining}
          onShut={() => setPerson(undefined)}
          onUnpair={props.onUnpair}
        />
      )}
    </TillProvider>
  )
}
