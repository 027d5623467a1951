import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Letter } from '../../api/mail/mailer.ts'

/** The letters that the mailer put into a folder as `.eml` files, the oldest first. */
export function readLetters(folder: string): Letter[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .toSorted()
    .map((name) => readLetter(join(folder, name)))
}

/** RFC 5322 with RFC 2045 section 6.7 and RFC 2047, as far as our own mailer writes them. */
function readLetter(path: string): Letter {
  const [head = '', ...body] = readFileSync(path, 'utf8').split('\r\n\r\n')
  const header = (name: string) => {
    const [, folded = ''] = new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'mi').exec(head) ?? []
    return folded
      .replaceAll(/\?=\s+=\?UTF-8\?Q\?/g, '')
      .replaceAll(/=\?UTF-8\?Q\?(.*?)\?=/g, (_all, word: string) => decode(word.replaceAll('_', ' ')))
      .replaceAll(/\r\n(?=[ \t])/g, '')
      .trim()
  }
  const text = body.join('\n\n').replaceAll('=\r\n', '').replaceAll('\r\n', '\n')
  return {
    to: header('to'),
    subject: header('subject'),
    text: /quoted-printable/i.test(head) ? decode(text) : text,
  }
}

function decode(quotedPrintable: string): string {
  const bytes = quotedPrintable.replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
