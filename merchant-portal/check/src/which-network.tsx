import { useEffect, type FormEvent } from 'react'
import { Mark } from '../../../clients/web/mark.tsx'
import { pathTo } from './place.ts'
import type { Words } from './words.ts'

/** No network is in the address. Which ones there are is nobody's business, so its name is asked for. */
export function WhichNetwork({ words: { say } }: { words: Words }) {
  useEffect(() => {
    document.title = say('which_title')
  }, [say])
  const goOn = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const network = String(new FormData(event.currentTarget).get('network')).trim().toLowerCase()
    if (network !== '') location.assign(pathTo({ network, page: 'log' }))
  }
  return (
    <>
      <header>
        <Mark label="Tallystick" />
        <h1>{say('which_title')}</h1>
      </header>
      <main>
        <section aria-label={say('which_title')}>
          <p>{say('which_how')}</p>
          <form onSubmit={goOn}>
            <label>
              {say('which_network')}
              <input
                name="network"
                aria-describedby="network-hint"
                autoCapitalize="none"
                autoComplete="off"
                autoCorrect="off"
                spellCheck={false}
                maxLength={40}
                required
              />
            </label>
            <p id="network-hint" className="muted">
              {say('which_hint')}
            </p>
            <button className="primary">{say('which_go')}</button>
          </form>
        </section>
      </main>
    </>
  )
}
