import type { Letter } from '../mail/mailer.ts'
import { isGerman, type Reader } from '../mail/writing.ts'
import { signInCodeLifetimeSeconds } from './sign-in-code.ts'

/** Carries the code that proves an e-mail address. */
export function codeLetter(reader: Reader, code: string): Letter {
  const { to, at } = reader
  const minutes = signInCodeLifetimeSeconds / 60
  if (isGerman(reader)) {
    return {
      to,
      subject: `Dein Code für ${at}`,
      text:
        `${code} ist dein Code für ${at}. Er gilt ${minutes} Minuten.\n\n` +
        'Wenn du ihn nicht angefordert hast, musst du nichts tun: Ohne den Code kommt niemand hinein.\n',
    }
  }
  return {
    to,
    subject: `Your code for ${at}`,
    text:
      `${code} is your code for ${at}. It is good for ${minutes} minutes.\n\n` +
      'If you did not ask for it, you need do nothing: without the code nobody gets in.\n',
  }
}

/** Tells whoever has an address that somebody guesses at its codes. */
export function guessedCodesLetter(reader: Reader): Letter {
  const { to, at } = reader
  if (isGerman(reader)) {
    return {
      to,
      subject: `Jemand wollte deinen Code für ${at} erraten`,
      text:
        `Für diese Adresse wurden bei ${at} mehrmals falsche Codes eingegeben. Niemand ist damit hineingekommen, und ` +
        'nach ein paar weiteren wird eine Weile keiner mehr angenommen. Wenn du das warst, fordere einen neuen Code an ' +
        'und gib den ein.\n\nWenn du das nicht warst, musst du nichts tun. Sag aber niemandem einen Code: Kein Laden ' +
        'fragt je danach.\n',
    }
  }
  return {
    to,
    subject: `Somebody tried to guess your code for ${at}`,
    text:
      `Wrong codes for ${at} were entered several times for this address. Nobody got in with them, and after a few ` +
      'more none are taken for a while. If that was you, ask for a new code and enter that.\n\nIf it was not you, you ' +
      'need do nothing, but tell nobody a code: no shop ever asks for one.\n',
  }
}
