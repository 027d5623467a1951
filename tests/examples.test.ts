import { readdirSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Letter } from '../api/mail/mailer.ts'
import { answered, callAs } from './support/calls.ts'
import { parseHttpFile, playHttpFile } from './support/http-file.ts'
import { joinByPhone, type Post } from './support/phone.ts'
import { until } from './support/receiver.ts'
import { projectFolder, readPrinted, withDemonstration } from './support/server.ts'

const folder = join(projectFolder, 'docs/examples')

test('every request of docs/examples goes through on a new npm start, one file after the other', async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.http'))
  // The auditor last: what others did is in the log by then.
  const days = ['customer.http', 'merchant.http', 'operator.http', 'pos-maker.http', 'auditor.http']
  expect(files.toSorted()).toEqual(days.toSorted())
  await withDemonstration(async ({ url, folder: data, started }) => {
    const { PASSWORD, BAKERY_KEY } = await readPrinted(started)
    const given = { url, operator_password: PASSWORD, key: BAKERY_KEY }
    const post = openPost(url, join(data, 'mail'))
    const asked: Record<string, () => Promise<string>> = {
      code: () => readInLetters(post, /\b\d{6}\b/),
      invitation: () => readInLetters(post, /^\S{20,}$/m),
      qr: () => showQr(post, BAKERY_KEY),
    }
    for (const name of days) {
      const file = parseHttpFile(await readFile(join(folder, name), 'utf8'))
      let sent = 0
      for await (const [{ title }, { status, text }] of playHttpFile(file, given, (prompt) =>
        asked[prompt]!(),
      )) {
        expect(status, `${name}, ${title}: ${text}`).toBeLessThan(300)
        sent++
      }
      expect(sent).toBeGreaterThan(10)
    }
  })
}, 120_000)

/** A server and the folder of its letters. */
function openPost(url: string, mail: string): Post {
  return {
    url,
    get letters() {
      const files = readdirSync(mail).filter((name) => name.endsWith('.eml'))
      return files.toSorted().map((name) => parseLetter(readFileSync(join(mail, name), 'utf8')))
    },
  }
}

function parseLetter(message: string): Letter {
  const [head = '', ...text] = message.replaceAll('\r\n', '\n').split('\n\n')
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(head)?.[1] ?? ''
  return { to: header('To'), subject: header('Subject'), text: text.join('\n\n') }
}

/** What a person finds in the newest letter that has such a line. */
async function readInLetters(post: Post, line: RegExp): Promise<string> {
  const find = () => post.letters.findLast(({ text }) => line.test(text))
  await until(() => find() !== undefined)
  return line.exec(find()!.text)![0]
}

/** The QR of a customer who has bought something before. */
async function showQr(post: Post, key: string): Promise<string> {
  const phone = await joinByPhone(post, 'riverside', 'tess.arden@example.org')
  const sale = {
    amount_minor: 10_000,
    currency: 'GBP',
    reference: 'clock',
    occurred_at: new Date().toISOString(),
  }
  const params = { header: { 'Idempotency-Key': 'clock' } }
  const body = { wallet: phone.wallet, ...sale }
  await answered(callAs(post, key).POST('/v1/purchases', { params, body }))
  return phone.showQr()
}
