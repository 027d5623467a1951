import { answered, type Person } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { Notice } from './notice.tsx'
import { useAction } from './use-action.ts'

const kinds = ['spends', 'endings'] as const

/** Which letters come by e-mail: each can be turned off. */
export function ChooseLetters({ person }: { person: Person }) {
  const { say } = useLanguage()
  const [{ client, refresh }] = useAccount()
  const action = useAction()
  const choose = (kind: (typeof kinds)[number], wanted: boolean) =>
    action.run(async () => {
      const body = { letters: { [kind]: wanted } }
      await answered(client.PATCH('/v1/customers/{id}', { params: { path: { id: person.id } }, body }))
      await refresh()
    })
  return (
    <fieldset className="letters">
      <legend>{say('letters.title')}</legend>
      {kinds.map((kind) => (
        <label className="check" key={kind}>
          <input
            type="checkbox"
            checked={person.letters[kind]}
            disabled={action.isBusy}
            onChange={(event) => choose(kind, event.target.checked)}
          />
          <span>{say(`letters.${kind}`)}</span>
        </label>
      ))}
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
    </fieldset>
  )
}
