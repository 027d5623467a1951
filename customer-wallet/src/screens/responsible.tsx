import { useCallback } from 'react'
import { Waiting } from '../../../clients/web/mark.tsx'
import { answered } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import type { MessageKey } from '../messages/en.ts'
import { pathTo } from '../navigation.ts'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { useAnswer } from '../parts/use-answer.ts'

const roles = {
  controller: 'responsible.controller',
  joint_controller: 'responsible.joint_controller',
  processor: 'responsible.processor',
  none: 'responsible.none-role',
} as const satisfies Record<string, MessageKey>

/** Who answers for the customer's data, by what it is used for. */
export function ResponsibleScreen() {
  const { say } = useLanguage()
  const [{ client, membership }] = useAccount()
  const ask = useCallback(() => answered(client.GET('/v1/consents/controllers')), [client])
  const [asked] = useAnswer(ask)
  return (
    <Page title={say('responsible.title')} back={pathTo(membership.network, 'settings')}>
      <p>{say('responsible.text')}</p>
      {asked.is === 'asking' && <Waiting label={say('loading')} />}
      {asked.is === 'unreachable' && <Notice kind="offline">{say('fault.load')}</Notice>}
      {asked.is === 'there' && asked.data.data.length === 0 && <Notice>{say('responsible.none')}</Notice>}
      {asked.is === 'there' &&
        [...Map.groupBy(asked.data.data, ({ purpose }) => purpose)].map(([purpose, records]) => (
          <section key={purpose}>
            <h2>{say(`responsible.${purpose}`)}</h2>
            <ul className="words-list">
              {records.map(({ merchant, merchant_name: who, role, explanation }) => (
                <li key={merchant}>
                  <strong>{say(roles[role], { who })}.</strong> <span className="words">{explanation}</span>
                </li>
              ))}
            </ul>
          </section>
        ))}
    </Page>
  )
}
