import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { pathTo } from '../navigation.ts'
import { comingChanges, sayChange, type ComingChange } from '../terms.ts'
import { Link } from './link.tsx'
import { useTelling } from './use-telling.ts'

/** What gets worse next, in one quiet line from the day it was told until it starts. */
export function ComingTerms() {
  const { say } = useLanguage()
  const [{ membership, clock }, { snapshot }] = useAccount()
  const [next, ...others] = snapshot ? comingChanges(snapshot, clock.now()) : []
  if (next === undefined) return null
  return (
    <p className="coming-terms muted">
      <ChangeWords change={next} />{' '}
      {others.length > 0 && (
        <Link href={pathTo(membership.network, 'notices')}>
          {say('terms.more', { count: others.length })}
        </Link>
      )}
    </p>
  )
}

/** One change, in a sentence. */
export function ChangeWords({ change }: { change: ComingChange }) {
  const telling = useTelling()
  const [, { snapshot }] = useAccount()
  return sayChange(change, { ...telling, directory: snapshot!.directory })
}
