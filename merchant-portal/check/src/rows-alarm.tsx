import { IconAlertTriangle } from '@tabler/icons-react'
import type { LogState } from './app.tsx'
import type { Standing } from './auditor.ts'
import { pathTo, type Place } from './place.ts'
import type { Words } from './words.ts'

/** A check that is older was not made when it was due. */
const staleAfterMs = 2 * 86_400_000

interface RowsAlarmParts {
  readonly place: Place
  readonly check: LogState['rows_checked']
  readonly standing: Standing
  readonly words: Words
}

/** What nobody may overlook: the database is not what was posted, or was not looked at for days. */
export function RowsAlarm({ place, check, standing, words }: RowsAlarmParts) {
  const { say, format, ago } = words
  if (check === null) return null
  const isStale = Date.now() - Date.parse(check.at) > staleAfterMs
  return (
    <>
      {check.changed > 0 && (
        <div role="alert" className="alarm">
          <h2>
            <IconAlertTriangle aria-hidden /> {say('alarm_title')}
          </h2>
          <p>
            {say('alarm_found', {
              count: check.changed,
              day: format.day(check.at),
              time: format.time(check.at),
            })}
          </p>
          <p>{say('alarm_everyone')}</p>
          {place.page === 'log' && standing.is === 'signed_out' && (
            <p>
              <a href={pathTo({ ...place, page: 'export' })}>{say('alarm_sign_in')}</a>
            </p>
          )}
        </div>
      )}
      {check.changed > 0 && standing.is === 'in' && <Findings faults={standing.check.faults} words={words} />}
      {isStale && (
        <p role="alert" className="warning">
          <IconAlertTriangle aria-hidden /> <span>{say('rows_stale', { ago: ago(check.at) })}</span>
        </p>
      )}
    </>
  )
}

/** For who audits or runs the network. The server's own words, which name entries and accounts, never people. */
function Findings({ faults, words: { say } }: { faults: readonly string[]; words: Words }) {
  const [first, ...others] = faults
  return (
    <section aria-labelledby="findings">
      <h2 id="findings">{say('findings')}</h2>
      <p className="fault" lang="en">
        {first}
      </p>
      {others.length > 0 && (
        <details>
          <summary>{say('findings_more', { count: others.length })}</summary>
          <ol lang="en">
            {others.map((fault) => (
              <li key={fault} className="fault">
                {fault}
              </li>
            ))}
          </ol>
        </details>
      )}
      <h3>{say('alarm_do')}</h3>
      <ol>
        <li>{say('alarm_keep')}</li>
        <li>
          {say('alarm_verify')} <code>npm run -s verify -- --database</code>
        </li>
        <li>{say('alarm_compare')}</li>
        <li>{say('alarm_restore')}</li>
      </ol>
    </section>
  )
}
