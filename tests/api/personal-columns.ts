// Every column of schema `api` that can hold words. A new one fails the test until it is named here: as personal, with
// how it is forgotten, or as none.
export const ofCustomers = [
  'adjustment.reason', // free text of staff: replaced at erasure
  'begun_move.reason', // free text of staff: goes when the move is finished
  'card.number', // goes with the customer
  'customer.birthday',
  'customer.email',
  'customer.external_reference',
  'customer.name',
  'customer.phone',
  'customer_session.user_agent', // goes with the customer, or 90 days after its end
  'device.public_key', // deleted at erasure
  'email_change.email', // an hour after its end (a test below), and with the customer
  'wallet_session.email', // an hour after its end (a test below), and at erasure
]
export const ofStaff = [
  'audit_source.address', // also of customers: forgotten by age
  'membership.name',
  'passkey.credential_id', // goes with the person, as all of a passkey
  'passkey.name',
  'passkey.public_key',
  'person.email',
  'person.name',
  'person.password_hash',
  'person_totp.sealed_secret', // goes with the person
  'session.user_agent', // goes with the person, or 90 days after its end
  'staff_pin.pin_hash',
]
/** Words of ours, of shops and of settings; random numbers; hashes of random numbers. */
export const ofNobody = [
  'adjustment.state',
  'audit_day.digest',
  'audit_event.actor_kind',
  'audit_event.actor_role',
  'audit_event.changed',
  'audit_event.operation',
  'audit_event.outcome',
  'audit_event.request_id',
  'audit_event.source_hash',
  'audit_event.subjects',
  'audit_source.salt',
  'begun_move.key',
  'claim.code_hash',
  'consent.channel',
  'consent.purpose',
  'consent.taken_by_kind',
  'consent.wording_version',
  'controller_record.explanation',
  'controller_record.purpose',
  'controller_record.role',
  'deployment_audit_day.digest',
  'email_change.code_hash',
  'email_change.old_code_hash',
  'enrolment_bonus_contact.contact_mac', // by a key outside the database
  'erasure.cause',
  'guess.key_mac', // by a key outside the database; an hour after its end at most
  'identification.means',
  'identification.qr_id',
  'membership.role',
  'merchant.external_reference',
  'merchant.name',
  'migration.name',
  'migration.sha256',
  'network.currency',
  'network.locale',
  'network.name',
  'network.public_url',
  'network.slug',
  'network.terms',
  'network.time_zone',
  'passkey_challenge.challenge',
  'person_recovery_code.code_hash',
  'person_token.purpose',
  'person_token.token_hash',
  'rows_check.faults',
  'rule_simulation.tally',
  'rule_simulation.terms',
  'shop_profile.about',
  'shop_profile.address',
  'shop_profile.hours',
  'till.key_hash',
  'till.name',
  'till.previous_key_hash',
  'till_pairing.code_hash',
  'wallet_session.code_hash',
  'webhook.description',
  'webhook.pause_reason',
  'webhook.types',
  'webhook.url',
  'webhook_delivery.error',
]
/** In the ledger nothing may say who a person is. What staff wrote stands apart there, to be erased. */
export const ofLedger = [
  'account.kind',
  'anchor.block_hash',
  'anchor.root',
  'anchor.transaction_hash',
  'anchor_contract.address',
  'anchor_signature.signature',
  'anchor_signature.signer',
  'checkpoint.root',
  'checkpoint.signature',
  'cosignature.signature',
  'cosignature.vkey',
  'counter.name',
  'counter_use.name',
  'credential.kind',
  'earning_rule.multipliers',
  'earning_rule.rounding',
  'governance.event',
  'governance.facts',
  'governance.leaf_hash',
  'log.origin',
  'log.vkey',
  'log_refusal.code',
  'log_refusal.reason',
  'log_refusal.seen_origin',
  'log_refusal.seen_root',
  'migration.name',
  'migration.sha256',
  'network.currency',
  'network.time_zone',
  'reason.reason',
  'reason.salt',
  'spent_qr.qr_hash', // by a key outside the database
  'tile.hashes',
  'transaction.key_hash', // by a key outside the database
  'transaction.kind',
  'transaction.leaf_hash',
  'transaction.reason_hash', // salted, and the salt goes with the reason
  'transaction.reference_hash', // by a key outside the database
  'witness.chain_address',
  'witness.name',
  'witness.url',
  'witness.vkey',
  'witness_policy.text',
]

/** In the lists above for others, or in the ledger, and about customers too. */
export const alsoOfCustomers = ['audit_source.address', 'reason.reason']

/** Where a customer finds each of these in what they take out. */
export const inTheirExport: Readonly<Record<string, string>> = {
  'adjustment.reason': 'adjustments.reason',
  'card.number': 'cards.card',
  'customer.birthday': 'customer.birthday',
  'customer.email': 'customer.email',
  'customer.external_reference': 'customer.external_reference',
  'customer.name': 'customer.name',
  'customer.phone': 'customer.phone',
  'customer_session.user_agent': 'sessions.user_agent',
  'device.public_key': 'devices.public_key',
  'email_change.email': 'email_changes.email',
  'reason.reason': 'transactions.reason',
}

/** Why they do not find the others. */
export const notInTheirExport: Readonly<Record<string, string>> = {
  'audit_source.address': 'of the trail, which is its readers’ alone; forgotten by age',
  'begun_move.reason': 'about the purchase’s other customer as well, and gone within a minute',
  'wallet_session.email': 'the address of `customer.email`, or of whoever mistyped it, for an hour',
}
