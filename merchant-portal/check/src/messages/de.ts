import type { Message } from '../../../../clients/web/messages.ts'
import type { MessageKey } from './en.ts'

export const de: Readonly<Record<MessageKey, Message>> = {
  loading: 'Einen Moment',
  no_network: 'Ein solches Protokoll gibt es hier nicht. Die Adresse endet mit dem Namen des Netzes.',
  no_answer: 'Der Server antwortet nicht. Er wird von selbst wieder gefragt.',
  title: '{network}: das Protokoll',
  entries: { one: '{count} Eintrag', other: '{count} Einträge' },
  signed: 'unterschrieben {ago}',
  nothing_signed: 'Noch ist nichts unterschrieben.',
  behind: {
    one: '{count} weiterer ist noch nicht unterschrieben.',
    other: '{count} weitere sind noch nicht unterschrieben.',
  },
  stopped:
    'Seit {day}, {time}, wird nichts mehr unterschrieben: der Server sagt, seine Datenbank ist nicht die, die unterschrieben wurde.',
  witnesses: 'Wer dafür einsteht',
  no_witnesses: 'Niemand außer dem Server selbst. Ein Beleg gilt so viel wie das Wort des Betreibers.',
  quorum:
    '{quorum} von {count} Mitgliedern müssen mitunterschreiben. Sie haben es für {entries} Einträge getan, {ago}.',
  quorum_none: '{quorum} von {count} Mitgliedern müssen mitunterschreiben. Noch haben sie es nicht getan.',
  witness: 'Mitglied',
  seen: 'Gesehene Einträge',
  when: 'Mitunterschrieben',
  never: 'noch nicht',
  proposed: 'Vorgeschlagen, bis die jetzigen Mitglieder es mitunterschreiben: {quorum} von {names}.',
  chain: 'Auf einer Chain',
  no_chain: 'Das Protokoll liegt auf keiner Chain.',
  contract: 'Vertrag {contract} auf Chain {chain}.',
  anchors_none: 'Noch ist nichts verankert.',
  anchor: 'Block',
  auditors: 'Für Prüfer',
  auditors_how:
    'Wer prüft, meldet sich an und nimmt das ganze Protokoll mit (GET /v1/export); npm run verify prüft es ohne diesen Server.',
  reference: 'Wie man es aufruft',

  check_title: 'Einen Beleg prüfen',
  check_how:
    'Wählen Sie den Beleg, den Sie behalten haben. Er wird in diesem Browser geprüft und geht nirgendwohin.',
  choose: 'Beleg (Datei)',
  choose_policy: 'Vertrauensliste (Datei) von einem Mitglied, dem Sie trauen',
  own_policy:
    'Ohne eine eigene Liste gelten die Mitglieder, die dieser Server nennt. Wer ihn betreibt, könnte andere nennen.',
  good: 'Er steht im Protokoll, und die Mitglieder stehen dafür ein.',
  good_alone:
    'Er steht im Protokoll, wie der Server selbst sagt: Mitglieder, die dafür einstehen, hat er keine.',
  bad: 'Dieser Beleg hält nicht. Heben Sie ihn auf, und fragen Sie das Geschäft und einen Prüfer.',
  bad_file: 'Das ist kein Beleg einer Buchung. Wählen Sie die Datei, die auf .tlog-proof endet.',
  bad_policy: 'Das ist keine Vertrauensliste. Wählen Sie die Datei, die Ihnen ein Mitglied gegeben hat.',
  what: 'Was er sagt',
  kind: 'Art',
  points: 'Punkte',
  posted: 'Gebucht',
  vouched: 'Dafür stehen ein',
  path_title: 'Vom Eintrag zu dem, was unterschrieben ist',
  path_how:
    'Jeder Schritt nimmt einen Nachbarn dazu und schreibt einen neuen Fingerabdruck. Ein geänderter Buchstabe führte woandershin.',
  entry_at: 'Eintrag {index}',
  from_left: 'mit dem Nachbarn links',
  from_right: 'mit dem Nachbarn rechts',
  root: 'Das Protokoll mit {entries} Einträgen, wie unterschrieben',

  kind_issue: 'Punkte gegeben',
  kind_redeem: 'Mit Punkten bezahlt',
  kind_hold: 'Punkte zurückgelegt',
  kind_capture: 'Zurückgelegte Punkte genommen',
  kind_void: 'Zurückgelegte Punkte freigegeben',
  'kind_time-out': 'Zurückgelegte Punkte rechtzeitig freigegeben',
  kind_gift: 'Geschenk',
  kind_expire: 'Punkte verfallen',
  kind_reverse: 'Zurückgenommen',
  kind_adjust: 'Berichtigung',
  kind_goodwill: 'Kulanz',
  kind_governance: 'Eine Änderung der Mitglieder oder Regeln',
}
