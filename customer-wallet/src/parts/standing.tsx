import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { joinPath } from '../navigation.ts'
import { Link } from './link.tsx'
import { Notice } from './notice.tsx'

/** Says when what is shown is not what the server has now. */
export function StandingNotice() {
  const { say, format } = useLanguage()
  const [{ membership }, { standing, snapshot }] = useAccount()
  if (standing === 'signed_out') {
    return (
      <Notice kind="bad">
        {say('pay.signed-out')} <Link href={joinPath(membership.network)}>{say('pay.sign-in')}</Link>
      </Notice>
    )
  }
  if (standing !== 'offline') return null
  if (snapshot === null) return <Notice kind="offline">{say('offline.need')}</Notice>
  const at = { time: format.time(snapshot.takenAt), day: format.day(snapshot.takenAt) }
  const isToday = format.fullDay(snapshot.takenAt) === format.fullDay(new Date())
  return <Notice kind="offline">{say(isToday ? 'offline.as-of' : 'offline.as-of-day', at)}</Notice>
}
