import type { Letter } from '../mail/mailer.ts'
import { signInCodeLifetimeSeconds } from '../wallets/sign-in-code.ts'

/** Tells an address that a shop wrote it down for a customer who had none. */
export function emailAddedLetter(to: string, at: string): Letter {
  return {
    to,
    subject: `Your e-mail address at ${at}`,
    text:
      `A shop of ${at} wrote this down as your e-mail address. Whoever reads its letters signs in with it.\n\n` +
      'If that was not you, tell one of the shops: they can reach whoever runs the programme.\n',
  }
}

/** Carries the code that makes an address a customer's. */
export function newAddressLetter(
  to: string,
  { code, at }: { readonly code: string; readonly at: string },
): Letter {
  return {
    to,
    subject: `Your new address at ${at}`,
    text:
      `${code} is the code that makes this your e-mail address at ${at}. ` +
      `It is good for ${signInCodeLifetimeSeconds / 60} minutes.\n\n` +
      'If you did not ask for it, you need do nothing.\n',
  }
}

/** Carries the code without which the address that signs in stays the one it is. */
export function oldAddressLetter(
  to: string,
  { code, at }: { readonly code: string; readonly at: string },
): Letter {
  return {
    to,
    subject: `Another address for you at ${at}`,
    text:
      `${code} is the code that lets another e-mail address sign in at ${at} instead of this one. ` +
      `It is good for ${signInCodeLifetimeSeconds / 60} minutes.\n\n` +
      'If you did not ask for it, somebody has your phone or is signed in as you: tell nobody this code, and sign out ' +
      'everywhere.\n',
  }
}

/** Tells the address that signed in before that another does now. */
export function addressChangedLetter(to: string, at: string): Letter {
  return {
    to,
    subject: `Your e-mail address at ${at} was changed`,
    text:
      `Another address now signs in at ${at} instead of this one, and every other device was signed out.\n\n` +
      'If that was not you, tell one of the shops at once: they can reach whoever runs the programme.\n',
  }
}

/** Tells a customer that a printed card leads to their wallet now. */
export function cardLetter(to: string, at: string): Letter {
  return {
    to,
    subject: `A card was bound to your points at ${at}`,
    text:
      `A shop of ${at} bound a printed card to your points.\n\n` +
      'If that was not you, end the card in your wallet, and tell the shop.\n',
  }
}
