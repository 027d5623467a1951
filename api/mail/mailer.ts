import { randomUUID } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { Refusal } from '../http/problems.ts'

/** One plain-text letter to one address. */
export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
}

export interface MailerOptions {
  /** Where e-mail goes out; without it letters are put into `folder`. */
  readonly smtpUrl?: string | undefined
  /** Made when missing, readable by the owner alone: the letters hold sign-in codes. */
  readonly folder: string
  /** e.g. `Tallystick <no-reply@example.org>` */
  readonly from: string
}

/** Sends a letter. Refuses `unavailable` when the mail server did not take it. */
export type SendMail = (letter: Letter) => Promise<void>

/** Whom the deployment's e-mail comes from. */
export function senderOf({ publicUrl }: { readonly publicUrl: string | undefined }): string {
  return `Tallystick <no-reply@${publicUrl ? new URL(publicUrl).hostname : 'localhost'}>`
}

const smtpTimeoutMs = 10_000

/** How this deployment sends e-mail: by SMTP, or as `.eml` files (RFC 5322, mode 0600). */
export function createMailer(options: MailerOptions): SendMail {
  if (options.smtpUrl === undefined) return (letter) => fileLetter(options.folder, options.from, letter)
  const transport = createTransport(
    {
      url: options.smtpUrl,
      connectionTimeout: smtpTimeoutMs,
      greetingTimeout: smtpTimeoutMs,
      socketTimeout: smtpTimeoutMs,
    },
    { from: options.from },
  )
  return async (letter) => {
    try {
      await transport.sendMail(letter)
    } catch (error) {
      throw notSent(error)
    }
  }
}

/** What a mail server says may quote the address, and logs hold none: only the codes are kept. */
function notSent(error: unknown): Refusal {
  const { code, responseCode } = Object(error) as { code?: unknown; responseCode?: unknown }
  const refusal = new Refusal('unavailable', { detail: 'The e-mail could not be sent. Try again soon.' })
  refusal.cause = new Error(
    `the mail server did not take it: ${code ?? 'no code'} ${responseCode ?? ''}`.trim(),
  )
  return refusal
}

async function fileLetter(folder: string, from: string, letter: Letter): Promise<void> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' }, { from })
  const { message } = await transport.sendMail(letter)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // The time first, so that a person finds the newest letter; renamed when whole, so that no one reads half of one.
  const name = `${new Date().toISOString().replaceAll(':', '-')}-${randomUUID()}`
  const unfinished = join(folder, `${name}.tmp`)
  await writeFile(unfinished, message, { mode: 0o600, flag: 'wx' })
  await rename(unfinished, join(folder, `${name}.eml`))
}
