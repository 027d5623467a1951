import type { Letter } from '../mail/mailer.ts'

/** Tells somebody that they will be erased, when, and how to stay. */
export function erasureLetter({
  to,
  network,
  cause,
  dueAt,
}: {
  readonly to: string
  /** Its name. */
  readonly network: string
  readonly cause: 'asked' | 'inactive'
  readonly dueAt: Date
}): Letter {
  const day = dueAt.toISOString().slice(0, 10)
  const why =
    cause === 'asked'
      ? `You asked ${network} to erase your data.`
      : `You have not used ${network} for a long time, and it keeps data only as long as needed.`
  const stay =
    cause === 'asked'
      ? 'If you change your mind, cancel it in your wallet before that day.'
      : 'If you want to stay, sign in to your wallet or collect points before that day.'
  return {
    to,
    subject: `${network}: your data will be erased on ${day}`,
    text: `${why} On ${day} (UTC) your name, your contacts and your history are erased, and the points you have left expire.\n\n${stay}\n`,
  }
}
