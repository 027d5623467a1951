import type { Letter } from '../mail/mailer.ts'
import { isGerman, writeFor, type DatedReader } from '../mail/writing.ts'

interface ComingErasure {
  readonly cause: 'asked' | 'inactive'
  readonly dueAt: Date
}

/** Tells somebody that they will be erased, when, and how to stay. */
export function erasureLetter(reader: DatedReader, erasure: ComingErasure): Letter {
  return isGerman(reader) ? inGerman(reader, erasure) : inEnglish(reader, erasure)
}

function inGerman(reader: DatedReader, { cause, dueAt }: ComingErasure): Letter {
  const { to, at } = reader
  const day = writeFor(reader).date(dueAt, { dateStyle: 'long' })
  const why =
    cause === 'asked'
      ? `Du hast ${at} gebeten, deine Daten zu löschen.`
      : `Du hast ${at} lange nicht genutzt, und dort bleiben Daten nur so lange wie nötig.`
  const stay =
    cause === 'asked'
      ? 'Wenn du es dir anders überlegst, kannst du es vor diesem Tag in deiner Wallet aufhalten.'
      : 'Wenn du bleiben willst, melde dich vor diesem Tag in deiner Wallet an oder sammle Punkte.'
  return {
    to,
    subject: `${at}: deine Daten werden am ${day} gelöscht`,
    text:
      `${why} Am ${day} werden dein Name, deine Kontaktdaten und dein Verlauf gelöscht, und die Punkte, ` +
      `die du noch hast, verfallen.\n\n${stay}\n`,
  }
}

function inEnglish(reader: DatedReader, { cause, dueAt }: ComingErasure): Letter {
  const { to, at } = reader
  const day = writeFor(reader).date(dueAt, { dateStyle: 'long' })
  const why =
    cause === 'asked'
      ? `You asked ${at} to erase your data.`
      : `You have not used ${at} for a long time, and it keeps data only as long as needed.`
  const stay =
    cause === 'asked'
      ? 'If you change your mind, cancel it in your wallet before that day.'
      : 'If you want to stay, sign in to your wallet or collect points before that day.'
  return {
    to,
    subject: `${at}: your data will be erased on ${day}`,
    text: `${why} On ${day} your name, your contact details and your history are erased, and the points you have left expire.\n\n${stay}\n`,
  }
}
