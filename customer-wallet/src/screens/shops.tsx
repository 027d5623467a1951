import type { Directory, Shop } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { Page } from '../parts/page.tsx'
import { StandingNotice } from '../parts/standing.tsx'
import { openingAt } from '../shops/open-now.ts'

/** The network's shops: what they are, when they are open, what they give. */
export function ShopsScreen() {
  const { say } = useLanguage()
  const [, { snapshot }] = useAccount()
  const shops = snapshot?.directory.shops.filter(({ house }) => !house) ?? []
  return (
    <Page title={say('shops.title')}>
      <StandingNotice />
      {snapshot && shops.length === 0 && <p className="muted">{say('shops.none')}</p>}
      <ul className="shops">
        {snapshot &&
          shops.map((shop) => <ShopItem key={shop.id} shop={shop} directory={snapshot.directory} />)}
      </ul>
    </Page>
  )
}

function ShopItem({ shop, directory }: { shop: Shop; directory: Directory }) {
  const { say, format } = useLanguage()
  const { points_per_currency_unit: rate, currency } = directory
  return (
    <li>
      <h2>{shop.name}</h2>
      {shop.left ? (
        <p className="muted">{say('shops.left')}</p>
      ) : (
        <OpenNow shop={shop} timeZone={directory.time_zone} />
      )}
      {shop.about && <p>{shop.about}</p>}
      {shop.address && <p className="muted">{shop.address}</p>}
      {rate !== null && !shop.left && (
        <p>
          {say('shops.gives', {
            count: Number(rate) * Number(shop.factor),
            unit: format.moneyUnit(currency),
          })}
        </p>
      )}
      {shop.hours.length > 0 && !shop.left && <Hours hours={shop.hours} />}
    </li>
  )
}

function OpenNow({ shop, timeZone }: { shop: Shop; timeZone: string }) {
  const { say, format } = useLanguage()
  const [{ clock }] = useAccount()
  const opening = openingAt(shop.hours, clock.now(), timeZone)
  if (opening === null) return null
  if (opening.isOpen) {
    return <p className="open">{say('shops.open-until', { time: format.clockTime(opening.until) })}</p>
  }
  const time = format.clockTime(opening.from)
  return (
    <p className="muted">
      {opening.isToday
        ? say('shops.opens-today', { time })
        : say('shops.opens', { day: format.weekday(opening.day), time })}
    </p>
  )
}

function Hours({ hours }: { hours: Shop['hours'] }) {
  const { say, format } = useLanguage()
  return (
    <details>
      <summary>{say('shops.hours')}</summary>
      <dl className="facts">
        {[1, 2, 3, 4, 5, 6, 7].map((day) => {
          const open = hours
            .filter((each) => each.day === day)
            .toSorted((a, b) => (a.opens < b.opens ? -1 : 1))
          const times = open.map(
            ({ opens, closes }) => `${format.clockTime(opens)} – ${format.clockTime(closes)}`,
          )
          return (
            <div key={day}>
              <dt>{format.weekday(day)}</dt>
              <dd className="number">{times.length > 0 ? times.join(', ') : say('shops.closed')}</dd>
            </div>
          )
        })}
      </dl>
    </details>
  )
}
