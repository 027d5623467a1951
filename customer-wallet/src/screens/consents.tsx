import { useCallback } from 'react'
import { Waiting } from '../../../clients/web/mark.tsx'
import { answered } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { pathTo } from '../navigation.ts'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { useAction } from '../parts/use-action.ts'
import { useAnswer } from '../parts/use-answer.ts'
import { useTelling } from '../parts/use-telling.ts'

/** Which text this screen shows: kept with every yes and no. Raise it when the wording changes. */
const wordingVersion = 'wallet-1'
const purposes = ['offers', 'personal_offers', 'surveys', 'birthday'] as const

interface Choice {
  readonly purpose: (typeof purposes)[number]
  readonly controller: string | null
}

/** What the customer agrees to: of the network, and of each shop that was told so at its till. */
export function ConsentsScreen() {
  const { say, format } = useLanguage()
  const { shopName } = useTelling()
  const [{ client, membership }] = useAccount()
  const ask = useCallback(() => answered(client.GET('/v1/consents')), [client])
  const [asked, again] = useAnswer(ask)
  const action = useAction()
  const known = asked.is === 'there' ? asked.data.data.filter(({ channel }) => channel === 'email') : []
  const ofShops = known.filter(({ controller }) => controller !== null)
  const choices: readonly Choice[] = [
    ...purposes.map((purpose) => ({ purpose, controller: null })),
    ...ofShops,
  ]
  const put = ({ purpose, controller }: Choice, given: boolean) =>
    action.run(async () => {
      const body = { purpose, channel: 'email', controller, given, wording_version: wordingVersion } as const
      await answered(client.PUT('/v1/consents', { body }))
      again()
    })
  return (
    <Page title={say('consents.title')} back={pathTo(membership.network, 'settings')}>
      <p>{say('consents.text')}</p>
      {asked.is === 'asking' && <Waiting label={say('loading')} />}
      {asked.is === 'unreachable' && <Notice kind="offline">{say('fault.load')}</Notice>}
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
      {asked.is === 'there' && (
        <ul className="choices">
          {choices.map((choice) => {
            const { purpose, controller } = choice
            const said = known.find((each) => each.purpose === purpose && each.controller === controller)
            return (
              <li key={`${purpose} ${controller}`}>
                <label className="check">
                  <input
                    type="checkbox"
                    checked={said?.given === true}
                    disabled={action.isBusy}
                    onChange={(event) => put(choice, event.target.checked)}
                  />
                  <span>
                    {say(`consents.${purpose}`)},{' '}
                    {controller === null
                      ? say('consents.by-operator')
                      : say('consents.by', { who: shopName(controller) })}
                    {said && (
                      <span className="muted block">
                        {say('consents.since', { day: format.fullDay(said.taken_at) })}
                      </span>
                    )}
                  </span>
                </label>
              </li>
            )
          })}
        </ul>
      )}
    </Page>
  )
}
