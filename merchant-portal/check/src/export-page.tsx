import { IconCheck, IconDownload, IconX } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { Waiting } from '../../../clients/web/mark.tsx'
import type { LogState } from './app.tsx'
import type { Auditor } from './auditor.ts'
import { pathTo } from './place.ts'
import { SignIn } from './sign-in.tsx'
import { takeExport, type Progress, type Taken } from './take-export.ts'
import type { Words } from './words.ts'

const exitCodes = [0, 10, 30, 40] as const
/** How often what has come is told. */
const progressMs = 250

interface ExportParts {
  readonly state: LogState
  readonly auditor: Auditor
  readonly words: Words
}

/** Where an auditor takes the log away, and reads how it is checked. */
export function ExportPage({ state, auditor, words }: ExportParts) {
  const { say } = words
  const { slug } = state.network
  const exported = checkpointOf(state)
  // The log grows on while the file stays what it is called.
  const [takenName, setTakenName] = useState<string | null>(null)
  const name = takenName ?? fileName(slug, exported?.size)
  return (
    <>
      <p className="back">
        <a href={pathTo({ network: slug, page: 'log' })}>{say('to_log')}</a>
      </p>
      <section aria-label={say('take')}>
        <p>{exported ? say('export_what', { count: exported.size }) : say('export_nothing')}</p>
        <Entrance
          state={state}
          name={fileName(slug, exported?.size)}
          onTaken={setTakenName}
          auditor={auditor}
          words={words}
        />
      </section>
      <section aria-labelledby="verify">
        <h2 id="verify">{say('verify_title')}</h2>
        <p>{say('verify_how')}</p>
        <pre>
          <code>npm run -s verify -- {name} --policy policy</code>
        </pre>
        <p>{say('verify_policy')}</p>
        <h3>{say('verify_ends')}</h3>
        <dl className="codes">
          {exitCodes.map((code) => (
            <div key={code}>
              <dt className="number">{code}</dt>
              <dd>{say(`exit_${code}`)}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  )
}

/** An export goes up to the newest checkpoint that counts: where members co-sign, one that enough of them have. */
function checkpointOf({ quorum, witnessed, checkpoint }: LogState) {
  return quorum > 0 ? witnessed : checkpoint
}

/** `riverside-585.tar`, as the server calls it. */
function fileName(slug: string, size: number | undefined): string {
  return size === undefined ? `${slug}.tar` : `${slug}-${size}.tar`
}

interface DownloadParts {
  readonly name: string
  readonly onTaken: (name: string) => void
}

/** Signing in, or the download for whoever is. */
function Entrance({ state, name, onTaken, auditor, words }: ExportParts & DownloadParts) {
  const { say } = words
  const { standing } = auditor
  if (standing.is === 'asking') return <Waiting label={say('loading')} />
  if (standing.is === 'unanswered') {
    return (
      <>
        <p role="alert" className="bad">
          {say('no_answer_now')}
        </p>
        <button type="button" onClick={auditor.again}>
          {say('again')}
        </button>
      </>
    )
  }
  if (standing.is === 'signed_out') {
    return (
      <>
        <h2>{say('sign_in_title')}</h2>
        <SignIn network={state.network.slug} onSignedIn={auditor.begin} words={words} />
      </>
    )
  }
  return (
    <>
      {standing.is === 'forbidden' && (
        <p role="alert" className="bad">
          {say('forbidden')}
        </p>
      )}
      {standing.is === 'in' && checkpointOf(state) && (
        <Download name={name} onTaken={onTaken} auditor={auditor} words={words} />
      )}
      <button type="button" className="quiet" onClick={() => void auditor.signOut()}>
        {say('sign_out')}
      </button>
    </>
  )
}

function Download({ name, onTaken, auditor, words }: DownloadParts & Omit<ExportParts, 'state'>) {
  const { say } = words
  const button = useRef<HTMLButtonElement>(null)
  const { progress, taken, take, stop } = useDownload({ name, onTaken }, auditor)
  // Whoever signed in by keyboard goes on from here.
  useEffect(() => {
    if (document.activeElement === document.body) button.current?.focus()
  }, [])
  return (
    <>
      {progress === null ? (
        <button ref={button} type="button" className="primary" onClick={() => void take()}>
          <IconDownload aria-hidden /> {say(taken === null ? 'download' : 'download_again')}
        </button>
      ) : (
        <>
          <p className="number">{sayProgress(words, progress)}</p>
          <progress
            aria-label={say('downloading')}
            {...(progress.total !== null && { max: progress.total, value: progress.bytes })}
          />
          <button type="button" autoFocus onClick={stop}>
            {say('stop')}
          </button>
        </>
      )}
      <div role="status">
        {progress !== null && <span className="for-ears">{say('downloading')}</span>}
        {progress === null && taken !== null && <Outcome taken={taken} words={words} />}
      </div>
    </>
  )
}

function useDownload({ name, onTaken }: DownloadParts, auditor: Auditor) {
  const [progress, setProgress] = useState<Progress | null>(null)
  const [taken, setTaken] = useState<Taken | null>(null)
  const stopping = useRef<AbortController>(null)
  useEffect(() => () => stopping.current?.abort(), [])
  const take = async () => {
    const stop = new AbortController()
    stopping.current = stop
    let toldAt = 0
    setProgress({ bytes: 0, total: null })
    const onProgress = (now: Progress) => {
      if (performance.now() - toldAt < progressMs) return
      toldAt = performance.now()
      setProgress(now)
    }
    const came = await takeExport(auditor.client, { name, signal: stop.signal, onProgress })
    setProgress(null)
    setTaken(came)
    if (came.is === 'taken') onTaken(came.name)
    if (came.is === 'failed' && (came.why === 'signed_out' || came.why === 'forbidden')) auditor.again()
  }
  return { progress, taken, take, stop: () => stopping.current?.abort() }
}

function sayProgress({ say, bytes }: Words, progress: Progress): string {
  const so = bytes(progress.bytes)
  return progress.total === null
    ? say('progress_open', { bytes: so })
    : say('progress', { bytes: so, total: bytes(progress.total) })
}

function Outcome({ taken, words: { say, bytes } }: { taken: Taken; words: Words }) {
  if (taken.is === 'stopped') return <p>{say('stopped_download')}</p>
  const isGood = taken.is === 'taken'
  return (
    <p className={isGood ? 'verdict good' : 'verdict bad'}>
      {isGood ? <IconCheck aria-hidden /> : <IconX aria-hidden />}{' '}
      {isGood ? say('taken', { name: taken.name, bytes: bytes(taken.bytes) }) : say(`failed_${taken.why}`)}
    </p>
  )
}
