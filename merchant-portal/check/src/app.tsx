import { useEffect, useState } from 'react'
import type { components } from '../../../clients/typescript/index.js'
import { Mark, Waiting } from '../../../clients/web/mark.tsx'
import { LogStanding } from './log-standing.tsx'
import { ReceiptCheck } from './receipt-check.tsx'
import { speak } from './words.ts'

export type LogState = components['schemas']['LogState']

const refreshMs = 5_000
const words = speak()

/** How a network's log stands, and whether a receipt holds: for everyone, without signing in. */
export function App({ network }: { network: string }) {
  const { state, trouble } = useLogState(network)
  const { say } = words
  const title = say('title', { network: state?.network.name ?? network })
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
        {trouble && <p role="alert">{say(trouble)}</p>}
        {state && <ReceiptCheck network={network} words={words} />}
        {state && <LogStanding state={state} words={words} />}
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
        const answer = await fetch(`/log/${network}`, { signal: ending.signal })
        if (answer.ok) setState((await answer.json()) as LogState)
        setTrouble(answer.ok ? null : answer.status === 404 ? 'no_network' : 'no_answer')
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
