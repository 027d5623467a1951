import { useEffect, useMemo, useState } from 'react'
import type { components } from '../../../clients/typescript/index.js'
import { Mark, Waiting } from '../../../clients/web/mark.tsx'
import { useAuditor } from './auditor.ts'
import { ExportPage } from './export-page.tsx'
import { LogStanding } from './log-standing.tsx'
import { pathTo, type Place } from './place.ts'
import { ReceiptCheck } from './receipt-check.tsx'
import { RowsAlarm } from './rows-alarm.tsx'
import { speak, type Words } from './words.ts'

export type LogState = components['schemas']['LogState']

const refreshMs = 5_000

/**
 * How a network's log stands, and whether a receipt holds: for everyone, without signing in. For operators and auditors
 * the export, and what is wrong when the daily check found something.
 */
export function App({ place, words: spoken }: { place: Place; words: Words }) {
  const { network, page } = place
  const { state, trouble } = useLogState(network)
  const locale = state?.network.locale
  const words = useMemo(() => (locale === undefined ? spoken : speak(locale)), [spoken, locale])
  const check = state?.rows_checked ?? null
  // Nobody is asked who they are where it makes no difference.
  const isAsked = state !== null && (page === 'export' || (check !== null && check.changed > 0))
  const auditor = useAuditor(network, isAsked ? (check?.at ?? '') : null)
  const { say } = words
  const title = say(page === 'export' ? 'export_title' : 'title', { network: state?.network.name ?? network })
  useEffect(() => {
    document.title = title
  }, [title])
  return (
    <>
      <header>
        <Mark label="Tallystick" />
        <h1>{title}</h1>
      </header>
      <main>
        {trouble && (
          <section aria-label={title}>
            <p role="alert">{say(trouble)}</p>
            {trouble === 'no_network' && <a href={pathTo({ network: '', page: 'log' })}>{say('to_which')}</a>}
          </section>
        )}
        {state && <RowsAlarm place={place} check={check} standing={auditor.standing} words={words} />}
        {state && page === 'export' && <ExportPage state={state} auditor={auditor} words={words} />}
        {state && page === 'log' && <ReceiptCheck network={network} words={words} />}
        {state && page === 'log' && <LogStanding state={state} words={words} />}
        {!state && !trouble && <Waiting label={say('loading')} />}
      </main>
    </>
  )
}

/** Asks again every few seconds. */
function useLogState(network: string) {
  const [state, setState] = useState<LogState | null>(null)
  const [trouble, setTrouble] = useState<'no_network' | 'no_answer' | null>(null)
  useEffect(() => {
    let timer: number | undefined
    const ending = new AbortController()
    const ask = async () => {
      try {
        const answer = await fetch(`/log/${encodeURIComponent(network)}`, { signal: ending.signal })
        if (answer.ok) setState((await answer.json()) as LogState)
        // A name that no network can have is refused as such.
        const isNone = answer.status === 404 || answer.status === 400
        setTrouble(answer.ok ? null : isNone ? 'no_network' : 'no_answer')
      } catch {
        if (ending.signal.aborted) return
        setTrouble('no_answer')
      }
      timer = window.setTimeout(() => void ask(), refreshMs)
    }
    void ask()
    return () => {
      ending.abort()
      window.clearTimeout(timer)
    }
  }, [network])
  return { state, trouble }
}
