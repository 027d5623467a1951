import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { endings } from '../lots.ts'
import { pathTo } from '../navigation.ts'
import { Page } from '../parts/page.tsx'
import { StandingNotice } from '../parts/standing.tsx'
import { useTelling } from '../parts/use-telling.ts'

/** Which points end when, and which shop gave them. */
export function PointsScreen() {
  const { say, format } = useLanguage()
  const { shopName } = useTelling()
  const [{ membership }, { snapshot }] = useAccount()
  const all = endings(snapshot?.wallet.lots ?? [])
  return (
    <Page title={say('points.title')} back={pathTo(membership.network, 'home')}>
      <StandingNotice />
      <p className="muted">{all.length > 0 ? say('points.order') : say('points.none')}</p>
      {all.map((ending) => (
        <section className="ending" key={ending.until}>
          <h2>
            {ending.until === null
              ? say('points.never')
              : say('points.until', { day: format.fullDay(ending.until) })}
          </h2>
          <ul className="amounts">
            {ending.parts.map(({ issuer, points }) => (
              <li key={issuer}>
                <span>{say('points.from', { shop: shopName(issuer) })}</span>
                <span className="number">{format.points(points)}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Page>
  )
}
