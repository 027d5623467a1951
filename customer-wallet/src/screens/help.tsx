import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { pathTo } from '../navigation.ts'
import { Page } from '../parts/page.tsx'

const questions = ['earn', 'spend', 'offline', 'lost', 'wrong', 'accessibility'] as const

/** Answers to what people ask most. */
export function HelpScreen() {
  const { say } = useLanguage()
  const [{ membership }] = useAccount()
  return (
    <Page title={say('help.title')} back={pathTo(membership.network, 'settings')}>
      {questions.map((question) => (
        <section key={question}>
          <h2>{say(`help.${question}`)}</h2>
          <p>{say(`help.${question}-text`)}</p>
        </section>
      ))}
    </Page>
  )
}
