import type { Letter } from '../mail/mailer.ts'
import type { Role } from '../tables.ts'
import { invitationDaysMax, passwordResetMinutesMax } from './token-store.ts'

/** Invites a person to a network, or to a merchant in it. */
export function invitationLetter(
  to: string,
  { token, role, at }: { readonly token: string; readonly role: Role; readonly at: string },
): Letter {
  return {
    to,
    subject: `You are invited to ${at}`,
    text:
      `You are invited to ${at} as ${role}. To accept, enter this code within ${invitationDaysMax} days, with a new ` +
      `password, or with yours if you have one here:\n\n${token}\n\n` +
      'If you did not expect this, you need do nothing.\n',
  }
}

/** Lets a person set a new password. */
export function resetLetter(to: string, token: string): Letter {
  return {
    to,
    subject: 'Your new password',
    text:
      `To set a new password, enter this code within ${passwordResetMinutesMax} minutes:\n\n${token}\n\n` +
      'If you did not ask for it, you need do nothing: your password stays as it is.\n',
  }
}

/** Answers a reset for an address that nobody here has, so that only its owner learns that. */
export function nobodyLetter(to: string): Letter {
  return {
    to,
    subject: 'Your new password',
    text:
      'Somebody asked to set a new password for this address, but no account here has it. If that was you, try ' +
      'another address of yours. If not, you need do nothing.\n',
  }
}

/** Tells a person that their password was changed. */
export function passwordChangedLetter(to: string): Letter {
  return {
    to,
    subject: 'Your password was changed',
    text:
      'Your password was changed, you were signed out everywhere, and your passkeys were removed: add them anew. If that was not you, ask for a new password ' +
      'at once and tell your operator.\n',
  }
}

/** What to do about it, by what was guessed at. */
const adviceToGuessed = {
  password: 'set a new password',
  PIN: 'set a new PIN',
  // Whoever enters those is signed in, or knows the password.
  'second-step code': 'sign out everywhere, set a new password',
} as const

/** Tells a person that somebody guesses at how they sign in. */
export function guessingLetter(to: string, what: keyof typeof adviceToGuessed): Letter {
  return {
    to,
    subject: `Somebody tried to guess your ${what}`,
    text:
      `Somebody entered a wrong ${what} for you several times. No more tries are taken for a while. If that was you, ` +
      `wait a little. If not, ${adviceToGuessed[what]}, and tell your operator.\n`,
  }
}

/** Tells a person that signing in takes a second step now, or none any more. */
export function secondFactorLetter(to: string, what: 'on' | 'off'): Letter {
  const consequence =
    what === 'on'
      ? 'From now on signing in takes a code of your authenticator app beside the password.'
      : 'From now on the password alone signs in.'
  return {
    to,
    subject: `Your second step was turned ${what}`,
    text:
      `${consequence}\n\nIf that was neither you nor an operator whom you asked, set a new password, which signs out ` +
      'everywhere, and tell your operator: they can turn a second step off.\n',
  }
}

/** Tells a person that their PIN was set. */
export function pinLetter(to: string): Letter {
  return {
    to,
    subject: 'Your PIN was set',
    text:
      'A PIN was set for you, with which you switch on the tills of your shop. One that you had before is good no more.' +
      '\n\nIf that was not you, set a new password, which signs out everywhere, then a new PIN, and tell your operator.\n',
  }
}
