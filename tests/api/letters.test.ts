import { describe, expect, test } from 'vitest'
import {
  addressChangedLetter,
  cardLetter,
  emailAddedLetter,
  newAddressLetter,
  oldAddressLetter,
} from '../../api/customers/letters.ts'
import {
  endingLetter,
  gatheredSpendsLetter,
  lettersOffLetter,
  spendLetter,
} from '../../api/notices/letters.ts'
import { erasureLetter } from '../../api/privacy/letters.ts'
import { codeLetter, guessedCodesLetter } from '../../api/wallets/letters.ts'

const to = 'ada@example.org'
const german = { to, at: 'Altstadt', locale: 'de-AT', timeZone: 'Europe/Vienna' }
const english = { to, at: 'Old Town', locale: 'en', timeZone: 'Europe/London' }
/** A Friday; an hour later in Vienna. */
const friday = (time: string) => new Date(`2026-12-04T${time}Z`)

describe('codes', () => {
  test('a code to sign in', () => {
    expect(codeLetter(german, '123456')).toEqual({
      to,
      subject: 'Dein Code für Altstadt',
      text:
        '123456 ist dein Code für Altstadt. Er gilt 10 Minuten.\n\n' +
        'Wenn du ihn nicht angefordert hast, musst du nichts tun: Ohne den Code kommt niemand hinein.\n',
    })
    expect(codeLetter(english, '123456')).toEqual({
      to,
      subject: 'Your code for Old Town',
      text:
        '123456 is your code for Old Town. It is good for 10 minutes.\n\n' +
        'If you did not ask for it, you need do nothing: without the code nobody gets in.\n',
    })
  })

  test('somebody guesses at them', () => {
    expect(guessedCodesLetter(german)).toEqual({
      to,
      subject: 'Jemand wollte deinen Code für Altstadt erraten',
      text:
        'Für diese Adresse wurden bei Altstadt mehrmals falsche Codes eingegeben. Niemand ist damit hineingekommen, ' +
        'und nach ein paar weiteren wird eine Weile keiner mehr angenommen. Wenn du das warst, fordere einen neuen ' +
        'Code an und gib den ein.\n\n' +
        'Wenn du das nicht warst, musst du nichts tun. Sag aber niemandem einen Code: Kein Laden fragt je danach.\n',
    })
    expect(guessedCodesLetter(english)).toEqual({
      to,
      subject: 'Somebody tried to guess your code for Old Town',
      text:
        'Wrong codes for Old Town were entered several times for this address. Nobody got in with them, and after a ' +
        'few more none are taken for a while. If that was you, ask for a new code and enter that.\n\n' +
        'If it was not you, you need do nothing, but tell nobody a code: no shop ever asks for one.\n',
    })
  })
})

describe('addresses and cards', () => {
  test('a shop wrote an address down', () => {
    expect(emailAddedLetter(german)).toEqual({
      to,
      subject: 'Deine E-Mail-Adresse bei Altstadt',
      text:
        'Ein Laden von Altstadt hat diese Adresse als deine eingetragen. Wer ihre E-Mails liest, kann sich ' +
        'damit anmelden.\n\nWenn du das nicht warst, sag einem der Läden Bescheid: Er kennt die Leute, die das Netzwerk betreiben.\n',
    })
    expect(emailAddedLetter(english)).toEqual({
      to,
      subject: 'Your e-mail address at Old Town',
      text:
        'A shop of Old Town wrote this down as your e-mail address. Whoever reads its e-mails can sign in with it.\n\n' +
        'If that was not you, tell one of the shops: they can reach whoever runs the programme.\n',
    })
  })

  test('another address: a code there, a code to the old one, and the old one is told', () => {
    expect(newAddressLetter(german, '123456')).toEqual({
      to,
      subject: 'Deine neue Adresse bei Altstadt',
      text:
        '123456 ist der Code, mit dem diese Adresse bei Altstadt deine wird. Er gilt 10 Minuten.\n\n' +
        'Wenn du ihn nicht angefordert hast, musst du nichts tun.\n',
    })
    expect(newAddressLetter(english, '123456')).toEqual({
      to,
      subject: 'Your new address at Old Town',
      text:
        '123456 is the code that makes this your e-mail address at Old Town. It is good for 10 minutes.\n\n' +
        'If you did not ask for it, you need do nothing.\n',
    })
    expect(oldAddressLetter(german, '654321')).toEqual({
      to,
      subject: 'Eine andere Adresse für dich bei Altstadt',
      text:
        '654321 ist der Code, mit dem bei Altstadt eine andere E-Mail-Adresse zum Anmelden gilt statt dieser. ' +
        'Er gilt 10 Minuten.\n\n' +
        'Wenn du ihn nicht angefordert hast, hat jemand dein Handy oder ist in deiner Wallet angemeldet: Sag niemandem ' +
        'diesen Code, und entferne in deiner Wallet, unter Mehr, alle Handys und Computer, die nicht deine sind.\n',
    })
    expect(oldAddressLetter(english, '654321')).toEqual({
      to,
      subject: 'Another address for you at Old Town',
      text:
        '654321 is the code that lets another e-mail address sign in at Old Town instead of this one. ' +
        'It is good for 10 minutes.\n\n' +
        'If you did not ask for it, somebody has your phone or is signed in as you: tell nobody this code, and ' +
        'remove every phone and computer that is not yours in your wallet, under More.\n',
    })
    expect(addressChangedLetter(german)).toEqual({
      to,
      subject: 'Deine E-Mail-Adresse bei Altstadt wurde geändert',
      text:
        'Zum Anmelden bei Altstadt gilt jetzt eine andere Adresse statt dieser, und alle anderen Handys und Computer ' +
        'wurden abgemeldet.\n\n' +
        'Wenn du das nicht warst, sag sofort einem der Läden Bescheid: Er kennt die Leute, die das Netzwerk betreiben.\n',
    })
    expect(addressChangedLetter(english)).toEqual({
      to,
      subject: 'Your e-mail address at Old Town was changed',
      text:
        'Another address now signs in at Old Town instead of this one, and every other device was signed out.\n\n' +
        'If that was not you, tell one of the shops at once: they can reach whoever runs the programme.\n',
    })
  })

  test('a card was bound', () => {
    expect(cardLetter(german)).toEqual({
      to,
      subject: 'Eine Karte wurde mit deinen Punkten bei Altstadt verbunden',
      text:
        'Ein Laden von Altstadt hat eine gedruckte Karte mit deinen Punkten verbunden.\n\n' +
        'Wenn du das nicht warst, sperr deine Punkte in deiner Wallet, unter Mehr, und sag einem der Läden Bescheid.\n',
    })
    expect(cardLetter(english)).toEqual({
      to,
      subject: 'A card was bound to your points at Old Town',
      text:
        'A shop of Old Town bound a printed card to your points.\n\n' +
        'If that was not you, lock your points in your wallet, under More, and tell one of the shops.\n',
    })
  })
})

describe('spends', () => {
  const spend = { points: 1_200n, shop: 'Buchladen', isCorrection: false, when: friday('17:05:00'), left: 1n }
  const gathered = {
    count: 4,
    points: 65n,
    left: 2_350n,
    hour: { from: friday('17:00:00'), to: friday('18:00:00') },
  }

  test('one: what, where, when, and what is left', () => {
    expect(spendLetter({ ...german, locale: 'de-DE' }, spend)).toEqual({
      to,
      subject: '1.200 Punkte bei Buchladen ausgegeben',
      text:
        '1.200 Punkte aus deiner Wallet bei Altstadt wurden am Freitag, 4. Dezember, um 18:05 bei Buchladen ' +
        'ausgegeben. Du hast noch 1 Punkt.\n\n' +
        'Wenn du das nicht warst, sperr deine Punkte sofort in deiner Wallet, unter Mehr, und sag dem Laden ' +
        'Bescheid.\n\nDiese Briefe kannst du in deiner Wallet, unter Mehr, abbestellen.\n',
    })
    expect(spendLetter(english, spend)).toEqual({
      to,
      subject: '1,200 points spent at Buchladen',
      text:
        '1,200 points of yours at Old Town were spent at Buchladen, on Friday 4 December at 17:05. You have 1 left.\n\n' +
        'If that was not you, lock your points in your wallet at once, under More, and tell the shop.\n\n' +
        'You can turn these letters off in your wallet, under More.\n',
    })
  })

  test('a gift, of a single point', () => {
    const gift = { ...spend, points: 1n, shop: null, left: 0n }
    expect(spendLetter(german, gift)).toEqual({
      to,
      subject: '1 Punkt verschenkt',
      text:
        '1 Punkt aus deiner Wallet bei Altstadt wurde am Freitag, 4. Dezember, um 18:05 verschenkt. ' +
        'Du hast noch 0 Punkte.\n\n' +
        'Wenn du das nicht warst, sperr deine Punkte sofort in deiner Wallet, unter Mehr, und sag einem der Läden ' +
        'Bescheid.\n\nDiese Briefe kannst du in deiner Wallet, unter Mehr, abbestellen.\n',
    })
    expect(spendLetter(english, gift)).toEqual({
      to,
      subject: '1 point given to somebody else',
      text:
        '1 point was given to somebody else from your wallet at Old Town, on Friday 4 December at 17:05. ' +
        'You have 0 left.\n\n' +
        'If that was not you, lock your points in your wallet at once, under More, and tell one of the shops.\n\n' +
        'You can turn these letters off in your wallet, under More.\n',
    })
  })

  test('a correction: nobody paid, so the shop is who can be asked', () => {
    const corrected = { ...spend, isCorrection: true }
    expect(spendLetter({ ...german, locale: 'de-DE' }, corrected)).toEqual({
      to,
      subject: '1.200 Punkte von Buchladen zurückgenommen',
      text:
        '1.200 Punkte aus deiner Wallet bei Altstadt wurden am Freitag, 4. Dezember, um 18:05 von Buchladen ' +
        'zurückgenommen. Du hast noch 1 Punkt.\n\nWenn das nicht stimmt, frag den Laden.\n\n' +
        'Diese Briefe kannst du in deiner Wallet, unter Mehr, abbestellen.\n',
    })
    expect(spendLetter(english, corrected)).toEqual({
      to,
      subject: '1,200 points taken back by Buchladen',
      text:
        '1,200 points of yours at Old Town were taken back by Buchladen, on Friday 4 December at 17:05. ' +
        'You have 1 left.\n\nIf that is not right, ask the shop.\n\n' +
        'You can turn these letters off in your wallet, under More.\n',
    })
  })

  test('those of an hour together', () => {
    expect(gatheredSpendsLetter({ ...german, locale: 'de' }, gathered)).toEqual({
      to,
      subject: 'Noch 4 Zahlungen oder Geschenke in einer Stunde, zusammen 65 Punkte',
      text:
        'Aus deiner Wallet bei Altstadt gab es zwischen 18:00 und 19:00 noch 4 Zahlungen oder Geschenke außer denen, ' +
        'über die du schon Briefe hast: zusammen 65 Punkte. Danach hattest du noch 2.350 Punkte. ' +
        'In deiner Wallet siehst du alles einzeln.\n\n' +
        'Wenn du das nicht warst, sperr deine Punkte sofort in deiner Wallet, unter Mehr, und sag einem der Läden ' +
        'Bescheid.\n\nDiese Briefe kannst du in deiner Wallet, unter Mehr, abbestellen.\n',
    })
    expect(gatheredSpendsLetter(english, gathered)).toEqual({
      to,
      subject: '4 more payments or gifts within an hour, 65 points in all',
      text:
        'There were 4 more payments or gifts from your wallet at Old Town between 17:00 and 18:00, besides those that ' +
        'you had a letter about: 65 points in all. You had 2,350 left after that. Look at your wallet to see each.\n\n' +
        'If that was not you, lock your points in your wallet at once, under More, and tell one of the shops.\n\n' +
        'You can turn these letters off in your wallet, under More.\n',
    })
    const one = { ...gathered, count: 1, points: 1n }
    expect(gatheredSpendsLetter(german, one).subject).toBe(
      'Noch 1 Zahlung oder Geschenk in einer Stunde, zusammen 1 Punkt',
    )
    expect(gatheredSpendsLetter(english, one).subject).toBe(
      '1 more payment or gift within an hour, 1 point in all',
    )
  })

  test('are dated as people write where they speak that language, else as in Britain', () => {
    const dateIn = (locale: string) => {
      const { text } = spendLetter({ ...english, locale }, spend)
      return /, on (.*?)\. You/.exec(text.replaceAll('\u202f', ' '))?.[1]
    }
    expect(dateIn('en-US')).toBe('Friday, December 4 at 5:05 PM')
    expect(dateIn('en-IE')).toBe('Friday, 4 December at 17:05')
    expect(dateIn('cs-CZ')).toBe('Friday 4 December at 17:05')
    expect(spendLetter(german, { ...spend, points: 12_000n }).subject).toBe(
      '12\u00a0000 Punkte bei Buchladen ausgegeben',
    )
  })
})

test('which letters were turned off', () => {
  const payments = { spends: true, endings: false }
  expect(lettersOffLetter(german, payments)).toEqual({
    to,
    subject: 'Abbestellt: Briefe über Zahlungen',
    text:
      'In deiner Wallet bei Altstadt wurden Briefe abbestellt: die über Zahlungen.\n\n' +
      'Warst du das nicht? Dann ist jemand anderes in deiner Wallet angemeldet: Sperr dort, unter Mehr, sofort deine ' +
      'Punkte, entferne alle Handys und Computer, die nicht deine sind, und schalte die Briefe wieder ein.\n',
  })
  expect(lettersOffLetter(english, payments)).toEqual({
    to,
    subject: 'Letters about payments were turned off',
    text:
      'Letters about payments at Old Town were turned off in your wallet.\n\n' +
      'Was it not you? Then somebody else is signed in as you: in your wallet, under More, lock your points at once, ' +
      'remove every phone and computer that is not yours, and turn the letters on again.\n',
  })
  const subject = (off: Parameters<typeof lettersOffLetter>[1]) => lettersOffLetter(german, off).subject
  expect(subject({ spends: false, endings: true })).toBe('Abbestellt: Briefe über Punkte, die bald verfallen')
  expect(subject({ spends: true, endings: true })).toBe(
    'Abbestellt: Briefe über Zahlungen und Punkte, die bald verfallen',
  )
})

describe('points that end soon', () => {
  const ending = (day: string, points = 80n, shop = 'Bäckerei') => ({
    points,
    shop,
    // As that day ends in Vienna.
    expiresAt: new Date(Date.parse(`${day}T23:00:00Z`)),
  })
  const now = friday('09:00:00')

  test('the soonest first, by shop', () => {
    const endings = [
      ending('2026-12-04', 1n),
      ending('2026-12-05', 2n, 'Buchladen'),
      ending('2026-12-07', 1_200n),
      ending('2026-12-15', 1n, 'Buchladen'),
    ] as const
    expect(endingLetter({ ...german, locale: 'de' }, { endings, now })).toEqual({
      to,
      subject: '1 Punkt bei Altstadt verfällt heute',
      text:
        '1 Punkt von Bäckerei verfällt heute.\n' +
        '2 Punkte von Buchladen verfallen morgen.\n' +
        '1.200 Punkte von Bäckerei verfallen am Montag.\n' +
        '1 Punkt von Buchladen verfällt am Dienstag, 15. Dezember.\n\n' +
        'Bis dahin gelten sie in allen Läden von Altstadt. Was am frühesten verfällt, wird zuerst ausgegeben.\n\n' +
        'Diese Briefe kannst du in deiner Wallet, unter Mehr, abbestellen.\n',
    })
    expect(endingLetter({ ...english, timeZone: 'Europe/Vienna' }, { endings, now })).toEqual({
      to,
      subject: '1 point ends today, at Old Town',
      text:
        '1 point ends today, from Bäckerei.\n' +
        '2 points end tomorrow, from Buchladen.\n' +
        '1,200 points end on Monday, from Bäckerei.\n' +
        '1 point ends on Tuesday 15 December, from Buchladen.\n\n' +
        'Until then they are good in every shop of Old Town. Points that end first are spent first.\n\n' +
        'You can turn these letters off in your wallet, under More.\n',
    })
  })

  test('the subject tells of all that ends on the first day', () => {
    const endings = [
      ending('2026-12-05', 1n),
      ending('2026-12-05', 1n, 'Buchladen'),
      ending('2026-12-07'),
    ] as const
    expect(endingLetter(german, { endings, now }).subject).toBe('2 Punkte bei Altstadt verfallen morgen')
    const monday = [ending('2026-12-07')] as const
    expect(endingLetter(german, { endings: monday, now }).subject).toBe(
      '80 Punkte bei Altstadt verfallen am Montag',
    )
  })
})

describe('erasure', () => {
  /** In Vienna the next day has begun. */
  const dueAt = friday('23:30:00')

  test('that was asked for', () => {
    expect(erasureLetter(german, { cause: 'asked', dueAt })).toEqual({
      to,
      subject: 'Altstadt: deine Daten werden am 5. Dezember 2026 gelöscht',
      text:
        'Du hast Altstadt gebeten, deine Daten zu löschen. Am 5. Dezember 2026 werden dein Name, deine Kontaktdaten und ' +
        'dein Verlauf gelöscht, und die Punkte, die du noch hast, verfallen.\n\n' +
        'Wenn du es dir anders überlegst, kannst du es vor diesem Tag in deiner Wallet aufhalten.\n',
    })
    expect(erasureLetter(english, { cause: 'asked', dueAt })).toEqual({
      to,
      subject: 'Old Town: your data will be erased on 4 December 2026',
      text:
        'You asked Old Town to erase your data. On 4 December 2026 your name, your contact details and your history are ' +
        'erased, and the points you have left expire.\n\n' +
        'If you change your mind, cancel it in your wallet before that day.\n',
    })
  })

  test('of whoever was away for long', () => {
    expect(erasureLetter(german, { cause: 'inactive', dueAt })).toEqual({
      to,
      subject: 'Altstadt: deine Daten werden am 5. Dezember 2026 gelöscht',
      text:
        'Du hast Altstadt lange nicht genutzt, und dort bleiben Daten nur so lange wie nötig. Am 5. Dezember 2026 ' +
        'werden dein Name, deine Kontaktdaten und dein Verlauf gelöscht, und die Punkte, die du noch hast, ' +
        'verfallen.\n\nWenn du bleiben willst, melde dich vor diesem Tag in deiner Wallet an oder sammle Punkte.\n',
    })
    expect(erasureLetter(english, { cause: 'inactive', dueAt })).toEqual({
      to,
      subject: 'Old Town: your data will be erased on 4 December 2026',
      text:
        'You have not used Old Town for a long time, and it keeps data only as long as needed. On 4 December 2026 ' +
        'your name, your contact details and your history are erased, and the points you have left expire.\n\n' +
        'If you want to stay, sign in to your wallet or collect points before that day.\n',
    })
  })
})
