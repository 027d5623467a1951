import type { Letter } from '../mail/mailer.ts'
import { isGerman, type Reader } from '../mail/writing.ts'
import { signInCodeLifetimeSeconds } from '../wallets/sign-in-code.ts'

const codeMinutes = signInCodeLifetimeSeconds / 60

/** Tells an address that a shop wrote it down for a customer who had none. */
export function emailAddedLetter(reader: Reader): Letter {
  const { to, at } = reader
  if (isGerman(reader)) {
    return {
      to,
      subject: `Deine E-Mail-Adresse bei ${at}`,
      text:
        `Ein Laden von ${at} hat diese Adresse als deine eingetragen. Wer ihre E-Mails liest, kann sich damit anmelden.\n\n` +
        'Wenn du das nicht warst, sag einem der Läden Bescheid: Er kennt die Leute, die das Netzwerk betreiben.\n',
    }
  }
  return {
    to,
    subject: `Your e-mail address at ${at}`,
    text:
      `A shop of ${at} wrote this down as your e-mail address. Whoever reads its e-mails can sign in with it.\n\n` +
      'If that was not you, tell one of the shops: they can reach whoever runs the programme.\n',
  }
}

/** Carries the code that makes an address a customer's. */
export function newAddressLetter(reader: Reader, code: string): Letter {
  const { to, at } = reader
  if (isGerman(reader)) {
    return {
      to,
      subject: `Deine neue Adresse bei ${at}`,
      text:
        `${code} ist der Code, mit dem diese Adresse bei ${at} deine wird. Er gilt ${codeMinutes} Minuten.\n\n` +
        'Wenn du ihn nicht angefordert hast, musst du nichts tun.\n',
    }
  }
  return {
    to,
    subject: `Your new address at ${at}`,
    text:
      `${code} is the code that makes this your e-mail address at ${at}. ` +
      `It is good for ${codeMinutes} minutes.\n\n` +
      'If you did not ask for it, you need do nothing.\n',
  }
}

/** Carries the code without which the address that signs in stays the one it is. */
export function oldAddressLetter(reader: Reader, code: string): Letter {
  const { to, at } = reader
  if (isGerman(reader)) {
    return {
      to,
      subject: `Eine andere Adresse für dich bei ${at}`,
      text:
        `${code} ist der Code, mit dem bei ${at} eine andere E-Mail-Adresse zum Anmelden gilt statt dieser. ` +
        `Er gilt ${codeMinutes} Minuten.\n\n` +
        'Wenn du ihn nicht angefordert hast, hat jemand dein Handy oder ist in deiner Wallet angemeldet: Sag niemandem ' +
        'diesen Code, und entferne in deiner Wallet, unter Mehr, alle Handys und Computer, die nicht deine sind.\n',
    }
  }
  return {
    to,
    subject: `Another address for you at ${at}`,
    text:
      `${code} is the code that lets another e-mail address sign in at ${at} instead of this one. ` +
      `It is good for ${codeMinutes} minutes.\n\n` +
      'If you did not ask for it, somebody has your phone or is signed in as you: tell nobody this code, and remove ' +
      'every phone and computer that is not yours in your wallet, under More.\n',
  }
}

/** Tells the address that signed in before that another does now. */
export function addressChangedLetter(reader: Reader): Letter {
  const { to, at } = reader
  if (isGerman(reader)) {
    return {
      to,
      subject: `Deine E-Mail-Adresse bei ${at} wurde geändert`,
      text:
        `Zum Anmelden bei ${at} gilt jetzt eine andere Adresse statt dieser, und alle anderen Handys und Computer ` +
        'wurden abgemeldet.\n\n' +
        'Wenn du das nicht warst, sag sofort einem der Läden Bescheid: Er kennt die Leute, die das Netzwerk betreiben.\n',
    }
  }
  return {
    to,
    subject: `Your e-mail address at ${at} was changed`,
    text:
      `Another address now signs in at ${at} instead of this one, and every other device was signed out.\n\n` +
      'If that was not you, tell one of the shops at once: they can reach whoever runs the programme.\n',
  }
}

/** Tells a customer that a printed card leads to their wallet now. */
export function cardLetter(reader: Reader): Letter {
  const { to, at } = reader
  if (isGerman(reader)) {
    return {
      to,
      subject: `Eine Karte wurde mit deinen Punkten bei ${at} verbunden`,
      text:
        `Ein Laden von ${at} hat eine gedruckte Karte mit deinen Punkten verbunden.\n\n` +
        'Wenn du das nicht warst, sperr deine Punkte in deiner Wallet, unter Mehr, und sag einem der Läden Bescheid.\n',
    }
  }
  return {
    to,
    subject: `A card was bound to your points at ${at}`,
    text:
      `A shop of ${at} bound a printed card to your points.\n\n` +
      'If that was not you, lock your points in your wallet, under More, and tell one of the shops.\n',
  }
}
