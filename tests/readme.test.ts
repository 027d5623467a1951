import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { expectTillOpens } from './demo/open-till.ts'
import { projectFolder, readPrinted, withDemonstration } from './support/server.ts'

const readme = await readFile(join(projectFolder, 'README.md'), 'utf8')
/** README.md and what it hands on to, with links as from the project's folder. */
const texts = [readme]
for (const name of ['auditing.md', 'decisions.md', 'production.md'])
  texts.push((await readFile(join(projectFolder, 'docs', name), 'utf8')).replaceAll('](../', ']('))
const all = texts.join('\n')
const run = promisify(execFile)
const hasCurl = spawnSync('bash', ['-c', 'command -v curl']).status === 0
if (!hasCurl) console.warn('SKIPPED: the walk of README.md, because bash or curl is missing on this machine')

/** Notes the status and the body of each answer beside passing it on; without it the lines run as they are printed. */
const noteAnswers = `
set -euo pipefail
curl() {
  local body
  body=$(command curl -w '\\n%{http_code}' "$@")
  printf '%s\\n' "$body" | tr '\\n' ' ' >> "$NOTES"
  printf '\\n' >> "$NOTES"
  printf '%s' "\${body%$'\\n'*}"
}
`

test.skipIf(!hasCurl)(
  'a new npm start opens the till as it prints, and the walk in README.md works, line by line, and answers what it says',
  async () => {
    const walk = /^```sh walk\n(.*?)^```$/ms.exec(readme)?.[1] ?? ''
    const claims = [...walk.matchAll(/^# → (.*)$/gm)].map(([, claim]) => JSON.parse(claim!) as object)
    expect(walk.match(/^[^#\n]*\bcurl /gm)).toHaveLength(13)
    expect(claims).toHaveLength(13)

    const answers = await withDemonstration(async (server) => {
      const printed = await readPrinted(server.started)
      await expectTillOpens(server.url, server.started.said())
      // What is told later opens it as well, and the code of before is used up.
      const again = await run(process.execPath, ['api/demo/main.ts'], {
        cwd: projectFolder,
        env: { TALLY_DATA: server.folder },
      })
      await expectTillOpens(server.url, again.stdout)

      const notes = join(server.folder, 'notes')
      execFileSync('bash', ['-c', noteAnswers + walk], {
        env: {
          PATH: process.env.PATH,
          NOTES: notes,
          URL: server.url,
          MAIL: join(server.folder, 'mail'),
          ...printed,
        },
      })
      return (await readFile(notes, 'utf8')).trimEnd().split('\n')
    })
    expect(answers).toHaveLength(claims.length)
    for (const [i, claim] of claims.entries()) {
      const [, body = '', status] = /^(.*) (\d{3}) ?$/.exec(answers[i]!) ?? []
      expect({ step: i + 1, status }).toEqual({ step: i + 1, status: expect.stringMatching(/^2/) })
      expect(JSON.parse(body)).toMatchObject(claim)
    }
  },
)

test('every folder, file and script that README.md and docs/ name is there', async () => {
  const { scripts } = JSON.parse(await readFile(join(projectFolder, 'package.json'), 'utf8'))
  const named = [...all.matchAll(/npm (?:run (?:-s )?)?([a-z:]+)/g)].map(([, script]) => script!)
  const own = named.filter((script) => script !== 'ci' && script !== 'and')
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(own))
  const paths = [...all.matchAll(/`((?:api|ledger|tests)\/[\w./-]*)`|\]\((\w[\w./-]*)\)/g)]
  for (const [, code, link] of paths) {
    const path = join(projectFolder, (code ?? link)!)
    await expect(
      readdir(path).catch(() => readFile(path)),
      path,
    ).resolves.toBeDefined()
  }
})

test('README.md stays short enough to be read', () => {
  expect(readme.length).toBeLessThan(12_500)
})

test('every environment variable that README.md and docs/ name is one that the server reads, and the other way round', async () => {
  const config = await readFile(join(projectFolder, 'api/config.ts'), 'utf8')
  const variables = (text: string) =>
    new Set(
      text.match(
        /\b(?:TALLY_[A-Z_]+|ANCHOR_[A-Z_]+|DATABASE_URL|DATABASE_ADMIN_URL|SMTP_URL|LOG_LEVEL|PORT|HOST)\b/g,
      ),
    )
  expect([...variables(all)].toSorted()).toEqual([...variables(config)].toSorted())
})
