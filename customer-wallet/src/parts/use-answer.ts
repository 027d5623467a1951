import { useEffect, useState } from 'react'

/** What a screen asks for when it opens: not there yet, there, or out of reach. */
export type Asked<Data> =
  { readonly is: 'asking' } | { readonly is: 'there'; readonly data: Data } | { readonly is: 'unreachable' }

/** Asks once, and again after `again()`; `ask` must be the same function as long as the same is asked. */
export function useAnswer<Data>(ask: () => Promise<Data>): readonly [Asked<Data>, () => void] {
  const [asked, setAsked] = useState<Asked<Data>>({ is: 'asking' })
  const [round, setRound] = useState(0)
  useEffect(() => {
    let isCurrent = true
    ask().then(
      (data) => isCurrent && setAsked({ is: 'there', data }),
      () => isCurrent && setAsked((before) => (before.is === 'there' ? before : { is: 'unreachable' })),
    )
    return () => {
      isCurrent = false
    }
  }, [ask, round])
  return [asked, () => setRound((before) => before + 1)]
}
