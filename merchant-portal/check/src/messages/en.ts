import type { Messages } from '../../../../clients/web/messages.ts'

/** What the page for everyone says. */
export const en = {
  loading: 'One moment',
  no_network: 'There is no such log here. Check the address: it ends in the name of the network.',
  no_answer: 'No answer from the server. It is asked again by itself.',
  title: '{network}: the log',
  entries: { one: '{count} entry', other: '{count} entries' },
  signed: 'signed {ago}',
  nothing_signed: 'Nothing is signed yet.',
  behind: { one: '{count} more is not signed yet.', other: '{count} more are not signed yet.' },
  stopped:
    'The log has not been signed since {day}, {time}: the server says that its database is not what was signed.',
  witnesses: 'Who vouches for it',
  no_witnesses: 'Nobody but the server itself. A receipt is worth what its operator’s word is.',
  quorum: '{quorum} of {count} members must co-sign. They have for {entries} entries, {ago}.',
  quorum_none: '{quorum} of {count} members must co-sign. They have not yet.',
  witness: 'Member',
  seen: 'Entries seen',
  when: 'Co-signed',
  never: 'not yet',
  proposed: 'Proposed, and waiting for the members of now to co-sign it: {quorum} of {names}.',
  chain: 'On a chain',
  no_chain: 'The log is not kept on a chain.',
  contract: 'Contract {contract} on chain {chain}.',
  anchors_none: 'Nothing is anchored yet.',
  anchor: 'Block',
  auditors: 'For auditors',
  auditors_how:
    'Whoever audits signs in, takes the whole log away, and checks it on a machine of their own, without this server.',
  take: 'Take the log away',

  to_which: 'Check another log',
  which_title: 'Check a log',
  which_how:
    'Every network has a log of its own. Type the name of the network whose log or receipt you want to check.',
  which_network: 'Name of the network',
  which_hint:
    'As in its addresses: the part after /check/ or /join/, such as “riverside”. The poster in the shops leads there.',
  which_go: 'Show its log',

  rows_unchecked: 'The database has not been compared with the log yet. The server does that once a day.',
  rows_same: {
    one: 'The database was compared with the log {ago}: {count} entry, nothing was changed.',
    other: 'The database was compared with the log {ago}: {count} entries, nothing was changed.',
  },
  rows_stale:
    'The database was last compared with the log {ago}. That is due every day: ask the operator why the server’s background work does not run.',
  alarm_title: 'The books were changed behind the ledger’s back',
  alarm_found: {
    one: 'Checked {day}, {time}: {count} thing in the database is not as it was posted.',
    other: 'Checked {day}, {time}: {count} things in the database are not as they were posted.',
  },
  alarm_everyone:
    'Keep your receipts: they prove what was signed. Ask the operator of the network, and an auditor whom you trust.',
  alarm_sign_in: 'Operators and auditors: sign in to see what is wrong',
  findings: 'What is wrong first',
  findings_more: { one: '{count} more', other: '{count} more' },
  alarm_do: 'What to do now',
  alarm_keep: 'Change nothing in the database, and keep a copy of it as it is: it is the evidence.',
  alarm_verify: 'Look again, on the server:',
  alarm_compare:
    'Compare with what others hold: an export from before, checkpoints of the members, the chain. They say what was signed.',
  alarm_restore:
    'Find out who could write to the database, and take that away. Then restore the newest backup that the same command calls whole.',

  export_title: '{network}: the log to take away',
  to_log: 'How the log stands',
  export_what: {
    one: 'One tar with the {count} entry that is signed, byte for byte, and all that it is checked against. It names nobody.',
    other:
      'One tar with the {count} entries that are signed, byte for byte, and all that they are checked against. It names nobody.',
  },
  export_nothing:
    'Nothing is signed by all who must yet, so there is nothing to take. This page sees by itself when there is.',
  no_answer_now: 'No answer from the server. Try again once you have a network.',
  again: 'Try again',
  sign_in_title: 'Sign in as operator or auditor',
  email: 'E-mail',
  password: 'Password',
  code: 'Code',
  code_hint: 'Of your authenticator app, or one of those you kept for the day it is lost.',
  sign_in: 'Sign in',
  sign_in_wrong: 'Nobody of this network has that e-mail and password. Check both.',
  sign_in_wrong_code: 'That did not fit together. A code is good once, for half a minute: take the next one.',
  sign_in_later: 'Too many tries. You can go on {when}.',
  sign_in_unanswered: 'No answer from the server. Sign in again once you have a network.',
  sign_out: 'Sign out',
  forbidden:
    'You are signed in, but only operators and auditors take the log away. Ask an operator to make you an auditor.',
  download: 'Download',
  download_again: 'Download again',
  stop: 'Stop',
  downloading: 'Downloading',
  progress: '{bytes} of {total}',
  progress_open: '{bytes} so far',
  taken: 'All of it has arrived: {name}, {bytes}. Now check it.',
  stopped_download: 'Stopped. Nothing was kept.',
  failed_cut:
    'The connection broke in the middle. What had come was thrown away, since a part must not pass for the whole. Download again.',
  failed_unanswered: 'No answer from the server. Nothing was kept. Download again once you have a network.',
  failed_no_room:
    'The disk did not take it: it may be full. Nothing was kept. Make room, and download again.',
  failed_forbidden: 'You may not take the log away any more. Ask an operator of the network.',
  failed_signed_out: 'You are signed out. Sign in, and download again.',
  failed_nothing: 'Nothing is signed by all who must yet. Download again in a moment.',
  verify_title: 'Check it',
  verify_how: 'On a machine of your own, in a copy of Tallystick’s source code, with the file beside it:',
  verify_policy:
    '“policy” is the file that says whom you trust. Take it from a member you know, or from your last audit, never from this server: whoever runs it could name others.',
  verify_ends: 'It ends with',
  exit_0: 'whole: nothing is missing or changed, and those you trust vouch for all of it',
  exit_10: 'nobody you trust vouches for all of it, as without a policy',
  exit_30: 'changed: the first entry that is wrong is named',
  exit_40: 'not readable: cut off, or not an export',

  check_title: 'Check a receipt',
  check_how: 'Choose the receipt that you kept. It is checked in this browser, and goes nowhere.',
  choose: 'Receipt file',
  choose_policy: 'Policy file, from a member you trust',
  own_policy:
    'Without a policy of your own the members are those that this server names. Whoever runs it could name others.',
  good: 'It is in the log, and the members vouch for it.',
  good_alone: 'It is in the log, as the server itself says: it has no members who vouch.',
  bad: 'This receipt does not hold. Keep it, and ask the shop and an auditor.',
  bad_other_log:
    'Your policy does not know the log of this receipt, so it can’t say whether it holds. It is of another network: take the policy of a member of the receipt’s own.',
  bad_other_key:
    'Your policy has another key for the log of this receipt, so it can’t say whether it holds. Ask a member you trust which key is right.',
  bad_elsewhere:
    'This receipt is of another log than this page, so it can’t be checked here. Open the page of its own network, or choose a policy that knows it.',
  bad_few:
    'Too few of the members vouch for this receipt. Keep it, and take it again: if the new one is no better, ask an auditor.',
  bad_file: 'This is not a receipt of a transaction. Choose the file that ends in .tlog-proof.',
  bad_policy: 'This is not a policy. Choose the file that a member gave you.',
  what: 'What it says',
  kind: 'Kind',
  points: 'Points',
  posted: 'Posted',
  vouched: 'Vouched for by',
  path_title: 'From the entry to what was signed',
  path_how:
    'Each step joins a neighbour and writes a new fingerprint. One changed letter anywhere would lead to another end.',
  entry_at: 'Entry {index}',
  from_left: 'joined with its neighbour on the left',
  from_right: 'joined with its neighbour on the right',
  root: 'The log of {entries} entries, as signed',

  kind_issue: 'Points given',
  kind_redeem: 'Paid with points',
  kind_hold: 'Points set aside',
  kind_capture: 'Set-aside points taken',
  kind_void: 'Set-aside points let go',
  'kind_time-out': 'Set-aside points let go in time',
  kind_gift: 'Gift',
  kind_expire: 'Points ended',
  kind_reverse: 'Taken back',
  kind_adjust: 'Correction',
  kind_goodwill: 'Goodwill',
  kind_governance: 'A change of members or rules',
} as const satisfies Messages

export type MessageKey = keyof typeof en
