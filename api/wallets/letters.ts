import type { Letter } from '../mail/mailer.ts'
import { signInCodeLifetimeSeconds } from './sign-in-code.ts'

/** Carries the code that proves an e-mail address. */
export function codeLetter(to: string, { code, at }: { readonly code: string; readonly at: string }): Letter {
  return {
    to,
    subject: `Your code for ${at}`,
    text:
      `${code} is your code for ${at}. It is good for ${signInCodeLifetimeSeconds / 60} minutes.\n\n` +
      'If you did not ask for it, you need do nothing: without the code nobody gets in.\n',
  }
}

/** Tells whoever has an address that somebody guesses at its codes. */
export function guessedCodesLetter(to: string, at: string): Letter {
  return {
    to,
    subject: `Somebody tried to guess your code for ${at}`,
    text:
      `Wrong codes for ${at} were entered several times for this address. Nobody got in with them, and after a few ` +
      'more none are taken for a while. If that was you, ask for a new code and enter that.\n\nIf it was not you, you ' +
      'need do nothing, but tell nobody a code: no shop ever asks for one.\n',
  }
}
