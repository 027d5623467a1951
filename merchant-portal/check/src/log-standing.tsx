import type { LogState } from './app.tsx'
import { pathTo } from './place.ts'
import type { Words } from './words.ts'

/** The log: how long it is, who vouches for it, what is on chain. */
export function LogStanding({ state, words }: { state: LogState; words: Words }) {
  const { say, format } = words
  return (
    <>
      <section aria-labelledby="standing">
        <h2 id="standing" className="figure number">
          {say('entries', { count: state.checkpoint?.size ?? 0 })}
        </h2>
        <p>
          {state.checkpoint
            ? say('signed', { ago: words.ago(state.checkpoint.signed_at) })
            : say('nothing_signed')}
        </p>
        {state.unsigned_entries > 0 && <p>{say('behind', { count: state.unsigned_entries })}</p>}
        {state.rows_checked === null && <p>{say('rows_unchecked')}</p>}
        {state.rows_checked?.changed === 0 && (
          <p>
            {say('rows_same', { count: state.rows_checked.entries, ago: words.ago(state.rows_checked.at) })}
          </p>
        )}
        {state.stopped && (
          <p className="bad" role="alert">
            {say('stopped', { day: format.day(state.stopped.since), time: format.time(state.stopped.since) })}
          </p>
        )}
      </section>
      <Witnesses state={state} words={words} />
      <Chain state={state} words={words} />
      <section aria-labelledby="auditors">
        <h2 id="auditors">{say('auditors')}</h2>
        <p>{say('auditors_how')}</p>
        <p>
          <a href={pathTo({ network: state.network.slug, page: 'export' })}>{say('take')}</a>
        </p>
      </section>
    </>
  )
}

function Witnesses({ state, words }: { state: LogState; words: Words }) {
  const { say, format, ago } = words
  const { witnesses, quorum, witnessed, proposed } = state
  const count = witnesses.length
  return (
    <section aria-labelledby="witnesses">
      <h2 id="witnesses">{say('witnesses')}</h2>
      {count === 0 && <p>{say('no_witnesses')}</p>}
      {count > 0 && !witnessed && <p>{say('quorum_none', { quorum, count })}</p>}
      {count > 0 && witnessed && (
        <p>
          {say('quorum', {
            quorum,
            count,
            entries: witnessed.size,
            ago: ago(witnessed.quorum_at ?? witnessed.signed_at),
          })}
        </p>
      )}
      {count > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{say('witness')}</th>
              <th scope="col" className="to-right">
                {say('seen')}
              </th>
              <th scope="col">{say('when')}</th>
            </tr>
          </thead>
          <tbody>
            {witnesses.map(({ name, last_size: size, last_at: at }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="number">{size === null ? '–' : format.points(size)}</td>
                <td>{at === null ? say('never') : ago(at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {proposed && (
        <p>{say('proposed', { quorum: proposed.quorum, names: proposed.witnesses.join(', ') })}</p>
      )}
    </section>
  )
}

function Chain({ state: { chain, anchors }, words: { say, format } }: { state: LogState; words: Words }) {
  return (
    <section aria-labelledby="chain">
      <h2 id="chain">{say('chain')}</h2>
      <p className="hash">
        {chain
          ? say('contract', { contract: chain.contract, chain: String(chain.chain_id) })
          : say('no_chain')}
      </p>
      {chain && anchors.length === 0 && <p>{say('anchors_none')}</p>}
      {anchors.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col" className="to-right">
                {say('seen')}
              </th>
              <th scope="col" className="to-right">
                {say('anchor')}
              </th>
            </tr>
          </thead>
          <tbody>
            {anchors.map(({ size, block_number: block }) => (
              <tr key={size}>
                <th scope="row" className="number">
                  {format.points(size)}
                </th>
                <td className="number">{format.points(block)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
