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
    'Wer prüft, meldet sich an, nimmt das ganze Protokoll mit und prüft es auf einem eigenen Rechner, ohne diesen Server.',
  take: 'Das Protokoll mitnehmen',

  to_which: 'Ein anderes Protokoll prüfen',
  which_title: 'Ein Protokoll prüfen',
  which_how:
    'Jedes Netz hat ein eigenes Protokoll. Geben Sie den Namen des Netzes ein, dessen Protokoll oder Beleg Sie prüfen möchten.',
  which_network: 'Name des Netzes',
  which_hint:
    'Wie in seinen Adressen: der Teil nach /check/ oder /join/, etwa „riverside“. Das Plakat in den Geschäften führt dorthin.',
  which_go: 'Sein Protokoll zeigen',

  rows_unchecked:
    'Die Datenbank wurde noch nicht mit dem Protokoll verglichen. Der Server tut das einmal am Tag.',
  rows_same: {
    one: 'Die Datenbank wurde {ago} mit dem Protokoll verglichen: {count} Eintrag, nichts wurde geändert.',
    other: 'Die Datenbank wurde {ago} mit dem Protokoll verglichen: {count} Einträge, nichts wurde geändert.',
  },
  rows_stale:
    'Die Datenbank wurde zuletzt {ago} mit dem Protokoll verglichen. Das ist jeden Tag fällig: fragen Sie den Betreiber, warum der Server seine Arbeit im Hintergrund nicht tut.',
  alarm_title: 'Die Bücher wurden hinter dem Rücken des Hauptbuchs geändert',
  alarm_found: {
    one: 'Geprüft {day}, {time}: {count} Stelle der Datenbank ist nicht, wie sie gebucht wurde.',
    other: 'Geprüft {day}, {time}: {count} Stellen der Datenbank sind nicht, wie sie gebucht wurden.',
  },
  alarm_everyone:
    'Heben Sie Ihre Belege auf: sie beweisen, was unterschrieben wurde. Fragen Sie den Betreiber des Netzes und einen Prüfer, dem Sie trauen.',
  alarm_sign_in: 'Betreiber und Prüfer: anmelden und sehen, was nicht stimmt',
  findings: 'Was zuerst nicht stimmt',
  findings_more: { one: '{count} weitere', other: '{count} weitere' },
  alarm_do: 'Was jetzt zu tun ist',
  alarm_keep:
    'Ändern Sie nichts in der Datenbank, und behalten Sie eine Kopie, so wie sie ist: sie ist das Beweisstück.',
  alarm_verify: 'Sehen Sie auf dem Server noch einmal nach:',
  alarm_compare:
    'Vergleichen Sie mit dem, was andere haben: einem früheren Export, Prüfpunkten der Mitglieder, der Chain. Sie sagen, was unterschrieben wurde.',
  alarm_restore:
    'Finden Sie heraus, wer in die Datenbank schreiben konnte, und nehmen Sie es ihm. Spielen Sie dann die neueste Sicherung ein, die derselbe Befehl heil nennt.',

  export_title: '{network}: das Protokoll zum Mitnehmen',
  to_log: 'Wie das Protokoll steht',
  export_what: {
    one: 'Eine tar-Datei mit dem {count} unterschriebenen Eintrag, Byte für Byte, und allem, woran er geprüft wird. Sie nennt niemanden.',
    other:
      'Eine tar-Datei mit den {count} unterschriebenen Einträgen, Byte für Byte, und allem, woran sie geprüft werden. Sie nennt niemanden.',
  },
  export_nothing:
    'Noch ist nichts von allen unterschrieben, die es müssen, also gibt es nichts mitzunehmen. Diese Seite merkt von selbst, wenn es so weit ist.',
  no_answer_now: 'Der Server antwortet nicht. Versuchen Sie es noch einmal, sobald Sie ein Netz haben.',
  again: 'Noch einmal versuchen',
  sign_in_title: 'Als Betreiber oder Prüfer anmelden',
  email: 'E-Mail',
  password: 'Passwort',
  code: 'Code',
  code_hint: 'Aus Ihrer Authenticator-App, oder einer von denen, die Sie für ihren Verlust aufgehoben haben.',
  sign_in: 'Anmelden',
  sign_in_wrong: 'Niemand in diesem Netz hat diese E-Mail und dieses Passwort. Prüfen Sie beides.',
  sign_in_wrong_code:
    'Das passte nicht zusammen. Ein Code gilt einmal, eine halbe Minute lang: nehmen Sie den nächsten.',
  sign_in_later: 'Zu viele Versuche. {when} geht es weiter.',
  sign_in_unanswered: 'Der Server antwortet nicht. Melden Sie sich an, sobald Sie ein Netz haben.',
  sign_out: 'Abmelden',
  forbidden:
    'Sie sind angemeldet, aber nur Betreiber und Prüfer nehmen das Protokoll mit. Bitten Sie einen Betreiber, Sie zum Prüfer zu machen.',
  download: 'Herunterladen',
  download_again: 'Noch einmal herunterladen',
  stop: 'Anhalten',
  downloading: 'Wird heruntergeladen',
  progress: '{bytes} von {total}',
  progress_open: 'bisher {bytes}',
  taken: 'Alles ist da: {name}, {bytes}. Prüfen Sie es jetzt.',
  stopped_download: 'Angehalten. Nichts wurde behalten.',
  failed_cut:
    'Die Verbindung brach mittendrin ab. Was schon da war, ist verworfen, denn ein Teil darf nicht für das Ganze gelten. Laden Sie noch einmal herunter.',
  failed_unanswered:
    'Der Server antwortet nicht. Nichts wurde behalten. Laden Sie noch einmal herunter, sobald Sie ein Netz haben.',
  failed_no_room:
    'Die Platte hat es nicht genommen: vielleicht ist sie voll. Nichts wurde behalten. Schaffen Sie Platz, und laden Sie noch einmal herunter.',
  failed_forbidden: 'Sie dürfen das Protokoll nicht mehr mitnehmen. Fragen Sie einen Betreiber des Netzes.',
  failed_signed_out: 'Sie sind abgemeldet. Melden Sie sich an, und laden Sie noch einmal herunter.',
  failed_nothing:
    'Noch ist nichts von allen unterschrieben, die es müssen. Laden Sie gleich noch einmal herunter.',
  verify_title: 'Prüfen',
  verify_how: 'Auf einem eigenen Rechner, in einer Kopie von Tallysticks Quelltext, mit der Datei daneben:',
  verify_policy:
    '„policy“ ist die Datei, die sagt, wem Sie trauen. Nehmen Sie sie von einem Mitglied, das Sie kennen, oder von Ihrer letzten Prüfung, nie von diesem Server: wer ihn betreibt, könnte andere nennen.',
  verify_ends: 'Es endet mit',
  exit_0: 'heil: nichts fehlt oder ist geändert, und wem Sie trauen, steht für alles ein',
  exit_10: 'niemand, dem Sie trauen, steht für alles ein, so wie ohne policy',
  exit_30: 'geändert: der erste Eintrag, der nicht stimmt, wird genannt',
  exit_40: 'nicht lesbar: abgeschnitten, oder kein Export',

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
  bad_other_log:
    'Ihre Vertrauensliste kennt das Protokoll dieses Belegs nicht und kann nicht sagen, ob er hält. Sie ist von einem anderen Netz: Nehmen Sie die Liste eines Mitglieds des Netzes, von dem der Beleg ist.',
  bad_other_key:
    'Ihre Vertrauensliste nennt für das Protokoll dieses Belegs einen anderen Schlüssel und kann nicht sagen, ob er hält. Fragen Sie ein Mitglied, dem Sie trauen, welcher stimmt.',
  bad_elsewhere:
    'Dieser Beleg ist aus einem anderen Protokoll als dem dieser Seite und kann hier nicht geprüft werden. Öffnen Sie die Seite seines Netzes, oder wählen Sie eine Vertrauensliste, die es kennt.',
  bad_few:
    'Zu wenige der Mitglieder bürgen für diesen Beleg. Heben Sie ihn auf, und holen Sie ihn noch einmal: Ist der neue nicht besser, fragen Sie einen Prüfer.',
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
