import type { Letter } from '../mail/mailer.ts'

/** Tells a person that something more, or something less, signs in as them. */
export function passkeyLetter(to: string, what: 'added' | 'removed', name: string): Letter {
  const consequence = what === 'added' ? 'It signs in as you, without your password.' : 'It signs in no more.'
  return {
    to,
    subject: `A passkey was ${what}`,
    text:
      `The passkey “${name}” was ${what}. ${consequence}\n\nIf that was not you, sign out everywhere, remove what you ` +
      'do not know from your passkeys, set a new password, and tell your operator.\n',
  }
}
