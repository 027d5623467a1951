// Made by `npm run client` from the OpenAPI document. Do not change it by hand.

export interface components {
  schemas: {
    /** Why a request was refused, RFC 9457. */
    Problem: { type: "about:blank"; title: string; status: number; detail: string; code: ("adjustment_approved" | "adjustment_withdrawn" | "age_not_confirmed" | "amount_out_of_range" | "asker_left" | "body_malformed" | "body_too_large" | "card_taken" | "code_wrong" | "consequences_changed" | "contact_taken" | "cosignature_wrong" | "credential_revoked" | "currency_mismatch" | "customer_ambiguous" | "email_fixed" | "forbidden" | "headers_too_large" | "hold_ended" | "hold_not_due" | "idempotency_key_missing" | "idempotency_key_reused" | "identification_expired" | "internal" | "issuing_limit_reached" | "key_not_suitable" | "last_operator" | "limit_reached" | "log_behind" | "media_type_unsupported" | "merchant_left" | "method_not_allowed" | "more_than_there_was" | "multiplier_out_of_bounds" | "network_not_named" | "not_acceptable" | "not_found" | "not_reversible" | "nothing_due" | "notice_too_short" | "occurred_at_out_of_range" | "passkey_not_genuine" | "passkey_taken" | "passkeys_unavailable" | "person_not_present" | "person_taken" | "pin_wrong" | "points_insufficient" | "qr_already_used" | "qr_device_removed" | "qr_expired" | "qr_not_genuine" | "qr_not_yet_valid" | "qr_required" | "qr_unreadable" | "receipt_not_ready" | "receipt_tells_of_others" | "reference_reused" | "reference_taken" | "request_invalid" | "request_malformed" | "request_too_slow" | "rule_missing" | "same_person" | "same_wallet" | "second_factor_on" | "second_factor_required" | "sign_in_failed" | "slug_taken" | "too_many_lots" | "too_many_requests" | "unauthenticated" | "unavailable" | "wallet_closed" | "wallet_locked" | "webhook_url_refused" | "webhooks_too_many" | "witness_unknown"); request_id: string; errors?: ({ pointer: string; detail: string })[] } & Record<string, unknown>
    PasskeyOptions: { challenge: string } & Record<string, unknown>
    Passkey: { id: string; name: string; created_at: string; last_used_at: (string | null) }
    Network: { id: string; slug: string; name: string; currency: string; currency_digits: number; point_face_value_minor: number; time_zone: string; locale: string; public_url: (string | null); terms: (string | null); grace_days: number; notice_days: number; redeem_without_qr_daily_max: number; card_pays: boolean; goodwill_daily_max: number; erasure_grace_days: number; forget_after_months: (number | null); minimum_age: (number | null); merchant_multiplier_min: string; merchant_multiplier_max: string; created_at: string }
    Merchant: { id: string; name: string; issuing_limit: (number | null); house: boolean; external_reference: (string | null); created_at: string; left_at: (string | null) }
    Directory: { slug: string; name: string; locale: string; time_zone: string; currency: string; currency_digits: number; point_face_value_minor: number; terms: (string | null); minimum_age: (number | null); points_per_currency_unit: (string | null); shops: (components['schemas']['Shop'])[]; worse_terms: (components['schemas']['WorseTerms'])[] }
    Shop: { id: string; name: string; about: (string | null); address: (string | null); hours: ({ day: number; opens: string; closes: string })[]; factor: string; house: boolean; left: boolean }
    WorseTerms: { merchant: (string | null); effective_from: string; told_at: (string | null); changes: ({ field: ("points_per_currency_unit" | "rounding" | "expires_after_months" | "daily_max_per_wallet" | "min_spend_minor" | "multipliers" | "factor"); before: ((string | number) | null); after: ((string | number) | null) })[] }
    Member: { id: string; name: (string | null); email: (string | null); role: ("operator" | "auditor" | "owner" | "manager" | "cashier"); status: ("invited" | "active" | "ended"); created_at: string }
    Till: { id: string; name: string; created_at: string; revoked_at: (string | null); last_used_at: (string | null) }
    EarningRule: { version: number; points_per_currency_unit: string; rounding: ("down" | "nearest" | "up"); expires_after_months: (number | null); daily_max_per_wallet: (number | null); min_spend_minor: (number | null); multipliers: ({ factor: string; weekdays: ((number)[] | null); from: (string | null); until: (string | null); merchants: ((string)[] | null) })[]; effective_from: string; created_at: string }
    EnrolmentBonus: { version: number; points: number; expires_after_months: (number | null); created_at: string }
    EarningRuleSimulation: { purchases: number; points_given: number; points_simulated: number; cost_given_minor: number; cost_simulated_minor: number; merchants: ({ merchant: string; purchases: number; points_given: number; points_simulated: number })[]; customers: ({ purchases_from: number; purchases_to: (number | null); customers: number; gaining: number; losing: number; purchases: number; points_given: number; points_simulated: number })[] }
    Erasure: { points_that_expire: number; worth_minor: number; debt: number; erased_at: string; state: ("not_asked" | "asked" | "inactive") }
    Consent: { purpose: ("offers" | "personal_offers" | "surveys" | "birthday"); channel: ("email" | "sms" | "push" | "post" | "phone" | "till"); controller: (string | null); given: boolean; wording_version: string; taken_at: string; taken_by: string; merchant: (string | null); till: (string | null); staff: (string | null) }
    Adjustment: { id: string; state: ("asked" | "approved" | "withdrawn"); merchant: string; wallet: string; points: number; reason: (string | null); asked_by: string; asked_at: string; approved_by: (string | null); transaction: (string | null) }
    AuditEvent: { id: string; at: string; actor: { kind: ("till" | "staff" | "customer" | "deployment operator" | "anyone" | "system"); id: (string | null); role: (string | null); staff: (string | null) }; merchant: (string | null); operation: string; outcome: string; subjects: (string)[]; changed: (string)[]; request_id: (string | null); address: (string | null) }
    Receipt: { index: number; entry: string; checkpoint: string; proof: string }
    RowsCheck: { at: (string | null); entries: number; faults: (string)[] }
    Webhook: { id: string; url: string; description: (string | null); types: ((("transaction.issue" | "transaction.redeem" | "transaction.hold" | "transaction.capture" | "transaction.void" | "transaction.time-out" | "transaction.gift" | "transaction.expire" | "transaction.reverse" | "transaction.adjust" | "transaction.goodwill" | "governance.network_opened" | "governance.merchant_admitted" | "governance.merchant_let_go" | "governance.issuing_limit_changed" | "governance.credential_registered" | "governance.credential_revoked" | "governance.earning_rule_set" | "governance.merchant_multiplier_set" | "governance.enrolment_bonus_set" | "governance.wallet_closed" | "governance.audit_digest" | "governance.log_opened" | "governance.log_recovered" | "governance.anchor_contract_named" | "governance.anchor_witnesses_changed" | "governance.witness_policy_proposed" | "governance.witness_policy_started"))[] | null); cursor: number; failing_since: (string | null); next_attempt_at: (string | null); paused_at: (string | null); pause_reason: (("asked" | "failing" | "gone") | null); previous_secret_until: (string | null); created_at: string; secret?: string }
    WebhookDelivery: { id: string; index: number; attempted_at: string; milliseconds: number; status: (number | null); error: (("address_refused" | "name_unknown" | "not_trusted" | "timed_out" | "unreachable") | null); delivered: boolean }
    WitnessPolicies: { in_force: (components['schemas']['WitnessPolicy'] | null); proposed: (components['schemas']['WitnessPolicy'] | null) }
    WitnessPolicy: { version: number; quorum: number; witnesses: ({ name: string; vkey: string; url: (string | null); chain_address: (string | null) })[]; policy: string; proposed_index: number; started_index: (number | null) }
    LogState: { network: { slug: string; name: string; locale: string }; origin: string; vkey: string; checkpoint: (components['schemas']['LogCheckpoint'] | null); witnessed: (components['schemas']['LogCheckpoint'] | null); quorum: number; witnesses: ({ name: string; vkey: string; last_size: (number | null); last_at: (string | null) })[]; proposed: ({ quorum: number; witnesses: (string)[]; proposed_index: number } | null); chain: ({ chain_id: number; contract: string } | null); anchors: ({ size: number; root: string; block_number: number; transaction: string })[]; unsigned_entries: number; lag_seconds: number; stopped: ({ code: string; since: string } | null); rows_checked: ({ at: string; entries: number; changed: number } | null) }
    LogCheckpoint: { size: number; root: string; signed_at: string; quorum_at: (string | null); note: string }
  }
}

export interface operations {
  /** List where one is signed in, the newest first. */
  listSessions: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; current: boolean; created_at: string; refreshed_at: (string | null); expires_at: string; user_agent: (string | null) })[]; next: null } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Sign in. */
  signIn: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { email: string; password: string; network?: string; code?: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { token: string; expires_at: string; network: (string | null); role: (("operator" | "auditor" | "owner" | "manager" | "cashier") | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Sign out, here or everywhere. */
  signOut: {
    parameters: {
      query?: { everywhere?: ("true" | "false") }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Get a new token for the refresh cookie. */
  refreshSession: {
    parameters: {
      query?: never
      header: { 'Tally-Refresh': "1" }
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { network: (string | null); as?: ("staff" | "customer") } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { token: string; expires_at: string; network: (string | null); role: (("operator" | "auditor" | "owner" | "manager" | "cashier") | null); wallet?: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** End another session of one’s own, at once. */
  endSession: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** The public keys of session tokens (RFC 7517): the previous, the current and the next. */
  listSessionKeys: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { keys: ({ kid?: string; kty?: string } & Record<string, unknown>)[] } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Begin to sign in by passkey: what the browser asks one to sign. */
  beginPasskeySignIn: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['PasskeyOptions'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Sign in by passkey: the same session as by password and second step. */
  signInByPasskey: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { credential: { id: string; rawId: string; type: "public-key"; clientExtensionResults?: Record<string, unknown>; response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: (string | null) } & Record<string, unknown> } & Record<string, unknown>; network?: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { token: string; expires_at: string; network: (string | null); role: (("operator" | "auditor" | "owner" | "manager" | "cashier") | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Begin to add a passkey: what the browser makes one from. */
  beginPasskey: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { password: string; code?: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['PasskeyOptions'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List one’s own passkeys, the oldest first. */
  listPasskeys: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['Passkey'])[]; next: null } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Add the passkey that the browser made; its person is told by e-mail. */
  addPasskey: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { name: string; credential: { id: string; rawId: string; type: "public-key"; clientExtensionResults?: Record<string, unknown>; response: { clientDataJSON: string; attestationObject: string } & Record<string, unknown> } & Record<string, unknown> } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Passkey'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Remove a passkey of one’s own: it signs in no more; its person is told by e-mail. */
  removePasskey: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { password: string; code?: string } } }
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Set up an authenticator app as a second step at sign-in. */
  beginTotp: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { password: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { secret: string; uri: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Turn the second step on with a code of the app and the password; its person is told by e-mail. */
  confirmTotp: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { code: string; password: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { recovery_codes: (string)[] } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Turn the second step off with a code of the app, or one for the day it is lost; its person is told. */
  removeTotp: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { code: string } } }
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Turn off the second step of somebody who lost their phone and their codes; they are told by e-mail. */
  removeTotpOf: {
    parameters: {
      query?: never
      header?: never
      path: { person: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List networks, by slug. */
  listNetworks: {
    parameters: {
      query?: { limit?: number; after?: string }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['Network'])[]; next: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Make a network. */
  createNetwork: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { slug: string; name: string; currency: string; point_face_value_minor: number; time_zone?: string; locale?: string; public_url?: string; terms?: string; grace_days?: number; notice_days?: number; redeem_without_qr_daily_max?: number } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Network'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Read the network that the credential acts in. */
  readNetwork: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path: { slug: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Network'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Change what may change of a network. */
  changeNetwork: {
    parameters: {
      query?: never
      header?: never
      path: { slug: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { name?: string; locale?: string; public_url?: (string | null); terms?: (string | null); redeem_without_qr_daily_max?: number; card_pays?: boolean; goodwill_daily_max?: number; erasure_grace_days?: number; forget_after_months?: (number | null); minimum_age?: (number | null); merchant_multiplier_min?: string; merchant_multiplier_max?: string } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Network'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List merchants, in the order they were admitted. */
  listMerchants: {
    parameters: {
      query?: { limit?: number; after?: string }
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['Merchant'])[]; next: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Admit a merchant. */
  admitMerchant: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { name: string; issuing_limit: (number | null); external_reference?: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Merchant'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Read a merchant. */
  readMerchant: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Merchant'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Change a merchant, or let it go. */
  changeMerchant: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { name?: string; issuing_limit?: (number | null); external_reference?: (string | null); left?: true } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Merchant'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** What anyone may know of a network: its name, what it gives, its shops and their hours. */
  readDirectory: {
    parameters: {
      query?: never
      header?: never
      path: { slug: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Directory'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** What a shop tells everyone about itself. */
  setShopProfile: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { about: (string | null); address: (string | null); hours: ({ day: number; opens: string; closes: string })[] } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { about: (string | null); address: (string | null); hours: ({ day: number; opens: string; closes: string })[] } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List the people of a merchant. */
  listStaff: {
    parameters: {
      query?: { limit?: number; after?: string }
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['Member'])[]; next: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Invite a person to a merchant, by e-mail. */
  inviteStaff: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { email: string; name: string; role: ("owner" | "manager" | "cashier") } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Member'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Remove a person: they are signed out at once. */
  removeStaff: {
    parameters: {
      query?: { erase?: ("true" | "false") }
      header?: never
      path: { id: string; person: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Change a person’s role or name, at once. */
  changeStaff: {
    parameters: {
      query?: never
      header?: never
      path: { id: string; person: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { name?: string; role?: ("owner" | "manager" | "cashier") } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Member'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List the network’s auditors. */
  listAuditors: {
    parameters: {
      query?: { limit?: number; after?: string }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['Member'])[]; next: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Invite a read-only person (sees accounts, not names), by e-mail. */
  inviteAuditor: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { email: string; name: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Member'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Remove a person: they are signed out at once. */
  removeAuditor: {
    parameters: {
      query?: { erase?: ("true" | "false") }
      header?: never
      path: { person: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List the network’s operators. */
  listOperators: {
    parameters: {
      query?: { limit?: number; after?: string }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['Member'])[]; next: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Invite another operator, by e-mail. */
  inviteOperator: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { email: string; name: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Member'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Remove a person: they are signed out at once. */
  removeOperator: {
    parameters: {
      query?: { erase?: ("true" | "false") }
      header?: never
      path: { person: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Accept an invitation with the code from the e-mail. */
  acceptInvitation: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { token: string; password: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { network: string; role: ("operator" | "auditor" | "owner" | "manager" | "cashier") } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Ask for a new password, by e-mail. */
  requestPasswordReset: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { email: string } } }
    responses: {
      202: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Set a new password with the code from the e-mail; signs out everywhere. */
  confirmPasswordReset: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { token: string; password: string } } }
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List a merchant’s tills, from the oldest; without their keys. */
  listTills: {
    parameters: {
      query?: { limit?: number; after?: string }
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['Till'])[]; next: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Make a till and its key. */
  createTill: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { name: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; key: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Revoke a till’s key, at once and for ever. */
  revokeTill: {
    parameters: {
      query?: never
      header?: never
      path: { id: string; till: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Give a till a new key; the old one goes on for a while. */
  rotateTillKey: {
    parameters: {
      query?: never
      header?: never
      path: { id: string; till: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { overlap_hours?: number } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; key: string; previous_key_until: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Get a code that makes a tablet this till. */
  beginPairing: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { code: string; expires_at: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Enter the code on the tablet: it becomes the till. */
  pairTablet: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { code: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; key: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Set one’s own PIN for the tills of one’s merchant; its person is told by e-mail. */
  setPin: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { pin: string; password: string; code?: string } } }
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List who may switch on this till: those of its merchant with a PIN. */
  listTillStaff: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; name: string; role: ("owner" | "manager" | "cashier" | "operator" | "auditor") })[]; next: null } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Switch on a till by PIN. */
  beginStaffSession: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { person: string; pin: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { token: string; expires_at: string; person: { id: string; name: string; role: ("owner" | "manager" | "cashier" | "operator" | "auditor") } } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Read which till the key is, of which shop, in which network. */
  readOwnTill: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; merchant: { id: string; name: string }; network: components['schemas']['Network'] } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List all versions of the earning rule, newest first. */
  listEarningRules: {
    parameters: {
      query?: { limit?: number; after?: string }
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['EarningRule'])[]; next: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Set how purchases earn points. */
  setEarningRule: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { points_per_currency_unit: string; rounding: ("down" | "nearest" | "up"); daily_max_per_wallet?: (number | null); min_spend_minor?: (number | null); multipliers?: ({ factor: string; weekdays?: (number)[]; from?: string; until?: string; merchants?: (string)[] })[]; expires_after_months: (number | null); effective_from?: string } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['EarningRule'] } }
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['EarningRule'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** What a purchase would give, and the reason for each point; nothing is recorded. */
  dryRunEarningRule: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { merchant?: string; wallet?: string; amount_minor: number; eligible_amount_minor?: number; occurred_at?: string } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { points: number; rule_version: number; steps: ({ reason: ("rate" | "minimum_spend" | "multiplier" | "merchant_multiplier" | "daily_maximum"); factor: (string | null); points: number })[] } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List all versions of what whoever joins is given, newest first; none is nothing. */
  listEnrolmentBonuses: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['EnrolmentBonus'])[]; next: null } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Set what whoever joins is given. */
  setEnrolmentBonus: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { points: number; expires_after_months: (number | null) } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['EnrolmentBonus'] } }
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['EnrolmentBonus'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Work out what a rule would have given for the purchases of the last months. */
  simulateEarningRule: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { points_per_currency_unit: string; rounding: ("down" | "nearest" | "up"); daily_max_per_wallet?: (number | null); min_spend_minor?: (number | null); multipliers?: ({ factor: string; weekdays?: (number)[]; from?: string; until?: string; merchants?: (string)[] })[]; months: number } } }
    responses: {
      202: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** How far a simulation is, and its result. */
  readEarningRuleSimulation: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { state: ("waiting" | "running" | "done"); progress: number; since: string; until: string; result?: components['schemas']['EarningRuleSimulation'] } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List all versions of a merchant's own factor, newest first; none is a factor of 1. */
  listMerchantMultipliers: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ version: number; factor: string; effective_from: string })[]; next: null } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Set a merchant's own factor on what its purchases give. */
  setMerchantMultiplier: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { factor: string; effective_from?: string } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ version: number; factor: string; effective_from: string })[]; next: null } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Look for the shop's customers, in the order they were enrolled. */
  listCustomers: {
    parameters: {
      query?: { name?: string; email?: string; phone?: string; limit?: number; after?: string }
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; wallet: string; name: (string | null); visits: number; since: (string | null); last_visit: (string | null) })[]; next: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Enrol a customer. */
  postCustomer: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { email?: string; phone?: string; name?: string; of_age?: boolean } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; wallet: string } } }
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; wallet: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Read a customer. */
  getCustomer: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': ({ id: string; wallet: string; email: (string | null); phone: (string | null); name: (string | null); birthday: (string | null); letters: { spends: boolean; endings: boolean }; created_at: string } | { id: string; wallet: string; name: (string | null); visits: number; since: (string | null); last_visit: (string | null) } | { id: string; wallet: string }) } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Have a customer erased, after some days of grace. */
  deleteCustomer: {
    parameters: {
      query: { acknowledged_points: string }
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      202: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Erasure'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Change what is known of a customer. */
  changeCustomer: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { name?: (string | null); phone?: (string | null); birthday?: (string | null); email?: string; letters?: { spends?: boolean; endings?: boolean }; identification?: string } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; wallet: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Sign in or join: ask for a code by e-mail. */
  postWalletSession: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { network: string; email: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Enter the code; the first time makes the customer and their wallet. */
  postWalletSessionCode: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { code: string; of_age?: boolean } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { token: string; expires_at: string; wallet: string; customer: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Take another e-mail address: ask for a code to be sent there, and one to the old address. */
  beginEmailChange: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { email: string } } }
    responses: {
      202: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Enter the codes: the new address replaces the old one, which is told; other sessions end. */
  confirmEmailChange: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { code: string; old_code?: string } } }
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List the devices that may show QRs of the wallet, the newest first. */
  listWalletDevices: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; current: boolean; created_at: string; last_seen_at: (string | null); user_agent: (string | null) })[]; next: null } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Bind a device: its key signs QRs of the wallet from now on. */
  postWalletDevice: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { public_key: { kty: "EC"; crv: "P-256"; x: string; y: string; d?: unknown; alg?: "ES256"; use?: "sig"; ext?: boolean; key_ops?: ("verify")[]; kid?: string } } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Lose a device: its QRs are refused from now on, and it is signed out. */
  deleteWalletDevice: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** All networks that know the customer by the e-mail address they have proven, by slug. */
  listCustomerMemberships: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ network: { id: string; slug: string; name: string }; wallet: string; available: number; currency: string; point_face_value_minor: number })[]; next: null } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List the cards of a customer, oldest first. */
  listCards: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; card: string; created_at: string })[]; next: null } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Bind a printed card to a customer, who is told by e-mail. */
  postCard: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { card: string; identification?: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** End a card, e.g. a lost one. */
  deleteCard: {
    parameters: {
      query?: never
      header?: never
      path: { id: string; card: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** What the customer agrees to now: by purpose, channel and controller. */
  listConsents: {
    parameters: {
      query?: { identification?: string }
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['Consent'])[]; next: null } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Write down a yes or no. */
  putConsent: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { purpose: ("offers" | "personal_offers" | "surveys" | "birthday"); channel: ("email" | "sms" | "push" | "post" | "phone" | "till"); controller: (string | null); given: boolean; wording_version: string; identification?: string } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['Consent'])[]; next: null } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Record who answers for what is done with customers' data in a merchant. */
  recordResponsibilities: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { responsibilities: ({ purpose: ("membership" | "offers" | "personal_offers" | "surveys" | "birthday"); role: ("controller" | "joint_controller" | "processor" | "none"); explanation: string })[] } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ merchant: string; merchant_name: string; purpose: ("membership" | "offers" | "personal_offers" | "surveys" | "birthday"); role: ("controller" | "joint_controller" | "processor" | "none"); explanation: string; recorded_at: string })[]; next: null } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Who answers for what is done with customers' data, by merchant and purpose. */
  listResponsibilities: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ merchant: string; merchant_name: string; purpose: ("membership" | "offers" | "personal_offers" | "surveys" | "birthday"); role: ("controller" | "joint_controller" | "processor" | "none"); explanation: string; recorded_at: string })[]; next: null } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** What erasing a customer would mean, and whether it is under way. */
  getErasure: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Erasure'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Cancel an erasure that has not happened yet. */
  cancelErasure: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** All of a customer's own data, to take away. */
  exportCustomer: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/zip': string } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Ask who stands at the till. */
  postIdentification: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { qr?: string; email?: string; phone?: string; card?: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { identification: string; wallet: string; person: { name: (string | null); visits: number; since: (string | null); last_visit: (string | null); birthday_week?: boolean }; available: number; locked: boolean; may_take: boolean; take_points_max: number; expires_at: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Read a wallet: all of one's own; what it can spend, for tills and staff. */
  getWallet: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': ({ available: number; debt: number; id: string; posted: number; held: number; locked: boolean; lots: ({ issuer: string; remaining: number; expires_at: (string | null) })[] } | { available: number; debt: number }) } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Lock the wallet against spending, or unlock it. */
  putWalletLock: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { locked: boolean } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { locked: boolean } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Record a purchase: give points by the rule, take some as payment. */
  postPurchase: {
    parameters: {
      query?: never
      header: { 'Idempotency-Key': string; 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { identification?: string; qr?: string; wallet?: string; reference: string; reference_series?: string; reference_part?: number; amount_minor: number; eligible_amount_minor?: number; currency: string; occurred_at: string; redeem?: { points?: number; amount_minor?: number } } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { transaction: string; points: number; redeemed_points: number; to_pay_minor: number; wallet: { available: number } } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Take points as payment at once. */
  postRedemption: {
    parameters: {
      query?: never
      header: { 'Idempotency-Key': string; 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { identification?: string; qr?: string; wallet?: string; points?: number; amount_minor?: number; reference: string; reference_series?: string; reference_part?: number; occurred_at?: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { transaction: string; points: number; wallet: { available: number } } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Set points aside, to be captured or voided. */
  postHold: {
    parameters: {
      query?: never
      header: { 'Idempotency-Key': string; 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { identification?: string; qr?: string; wallet?: string; points?: number; amount_minor?: number; reference?: string; reference_series?: string; reference_part?: number; lifetime_seconds?: number } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; points: number; ends_at: string; wallet: { available: number } } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Take held points as payment, all or some. */
  captureHold: {
    parameters: {
      query?: never
      header: { 'Idempotency-Key': string; 'Tally-Staff'?: string }
      path: { id: string }
      cookie?: never
    }
    requestBody?: { content: { 'application/json': { points?: number } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { transaction: string; points: number; wallet: { available: number } } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Set held points free. */
  voidHold: {
    parameters: {
      query?: never
      header: { 'Idempotency-Key': string; 'Tally-Staff'?: string }
      path: { id: string }
      cookie?: never
    }
    requestBody?: { content: { 'application/json': Record<string, never> } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { transaction: string; points: number; wallet: { available: number } } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Undo a transaction by a new one, in part or whole. */
  postReversal: {
    parameters: {
      query?: never
      header: { 'Idempotency-Key': string; 'Tally-Staff'?: string }
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { points?: number; refund_amount_minor?: number; reason: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { transaction: string; refund_money_minor: number; refund_points: number; taken_points: number; wallet: { available: number; debt: number } } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Give the points of a purchase to another customer: it was recorded for the wrong one. */
  postMove: {
    parameters: {
      query?: never
      header: { 'Idempotency-Key': string; 'Tally-Staff'?: string }
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { to: string; reason: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { transaction: string; reversal: string; points: number; wallet: { available: number } } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List corrections, newest first. */
  listAdjustments: {
    parameters: {
      query?: { state?: ("asked" | "approved" | "withdrawn"); limit?: number; after?: string }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['Adjustment'])[]; next: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Ask for a correction by hand; nothing moves until a second person approves. */
  postAdjustment: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { merchant?: string; wallet: string; points: number; reason: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Adjustment'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Approve a correction that another person asked for: it is posted, once. */
  approveAdjustment: {
    parameters: {
      query?: never
      header: { 'Idempotency-Key': string }
      path: { id: string }
      cookie?: never
    }
    requestBody?: { content: { 'application/json': Record<string, never> } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { transaction: string; points: number; wallet: { available: number } } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Withdraw a correction that nobody approved yet. */
  withdrawAdjustment: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Give a customer points of the shop, without a purchase. */
  postGoodwill: {
    parameters: {
      query?: never
      header: { 'Idempotency-Key': string }
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { wallet: string; points: number; reason: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { transaction: string; points: number; wallet: { available: number } } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Sell to somebody who is no customer yet: a wallet that waits, and the code for the receipt. */
  openClaim: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { wallet: string; code: string; expires_at: string } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Collect the points of a receipt with its code. */
  collectClaim: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { code: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { points: number; waiting: number } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Give points of one's own to another wallet. */
  postGift: {
    parameters: {
      query?: never
      header: { 'Idempotency-Key': string }
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { to?: string; to_email?: string; points: number } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': { transaction: string; points: number; wallet: { available: number } } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List who did what, and what was refused, newest first. */
  listAuditEvents: {
    parameters: {
      query?: { limit?: number; after?: string; actor?: string; subject?: string; operation?: string; outcome?: ("done" | "refused"); from?: string; until?: string }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['AuditEvent'])[]; next: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Close of day: by merchant, till and kind. */
  getDayReport: {
    parameters: {
      query?: { day?: string; till?: string; merchant?: string }
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { day: string; currency: string; totals: { sales: number; refunds: number; points_given: number; points_taken: number; money_minor: number; refunded_minor: number }; data: ({ merchant: string; till: (string | null); kind: ("issue" | "redeem" | "hold" | "capture" | "void" | "time-out" | "gift" | "expire" | "reverse" | "adjust" | "goodwill"); count: number; points: number; redeemed_points: number; amount_minor: number; money_minor: number })[] }; 'text/csv': string } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List transactions, newest first. */
  listTransactions: {
    parameters: {
      query?: { wallet?: string; merchant?: string; till?: string; kind?: ("issue" | "redeem" | "hold" | "capture" | "void" | "time-out" | "gift" | "expire" | "reverse" | "adjust" | "goodwill"); reference?: string; from?: string; until?: string; limit?: number; after?: string }
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; kind: ("issue" | "redeem" | "hold" | "capture" | "void" | "time-out" | "gift" | "expire" | "reverse" | "adjust" | "goodwill"); merchant: (string | null); till: (string | null); wallet: (string | null); to_wallet: (string | null); points: number; redeemed_points: number; money_minor: number; amount_minor: (number | null); currency: string; rule_version: (number | null); occurred_at: string; posted_at: string; day: string; target: (string | null); taken_back_points: number; given_back_points: number; hold: ({ state: ("held" | "captured" | "voided" | "timed_out"); ends_at: string } | null); legs?: ({ debit: { kind: string; merchant?: string; wallet?: string }; credit: { kind: string; merchant?: string; wallet?: string }; points: number; pending: boolean })[] })[]; next: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Read a transaction. */
  getTransaction: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; kind: ("issue" | "redeem" | "hold" | "capture" | "void" | "time-out" | "gift" | "expire" | "reverse" | "adjust" | "goodwill"); merchant: (string | null); till: (string | null); wallet: (string | null); to_wallet: (string | null); points: number; redeemed_points: number; money_minor: number; amount_minor: (number | null); currency: string; rule_version: (number | null); occurred_at: string; posted_at: string; day: string; target: (string | null); taken_back_points: number; given_back_points: number; hold: ({ state: ("held" | "captured" | "voided" | "timed_out"); ends_at: string } | null); legs?: ({ debit: { kind: string; merchant?: string; wallet?: string }; credit: { kind: string; merchant?: string; wallet?: string }; points: number; pending: boolean })[]; reason: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Read the receipt of a transaction. */
  getReceipt: {
    parameters: {
      query?: never
      header?: { 'Tally-Staff'?: string }
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Receipt']; 'text/plain': string } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Read the newest checkpoint of the log. */
  readCheckpoint: {
    parameters: {
      query?: never
      header?: never
      path: { network: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'text/plain': string } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Read whose signatures the log says it has. */
  readPolicy: {
    parameters: {
      query?: never
      header?: never
      path: { network: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'text/plain': string } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Take the whole log away, to check it elsewhere. */
  exportLog: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/x-tar': string } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Read what the last daily check of the ledger’s tables found. */
  readRowsCheck: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['RowsCheck'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List endpoints, from the oldest. */
  listWebhooks: {
    parameters: {
      query?: { limit?: number; after?: string }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['Webhook'])[]; next: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Be told of what happens. */
  createWebhook: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: { content: { 'application/json': { url: string; types?: ((("transaction.issue" | "transaction.redeem" | "transaction.hold" | "transaction.capture" | "transaction.void" | "transaction.time-out" | "transaction.gift" | "transaction.expire" | "transaction.reverse" | "transaction.adjust" | "transaction.goodwill" | "governance.network_opened" | "governance.merchant_admitted" | "governance.merchant_let_go" | "governance.issuing_limit_changed" | "governance.credential_registered" | "governance.credential_revoked" | "governance.earning_rule_set" | "governance.merchant_multiplier_set" | "governance.enrolment_bonus_set" | "governance.wallet_closed" | "governance.audit_digest" | "governance.log_opened" | "governance.log_recovered" | "governance.anchor_contract_named" | "governance.anchor_witnesses_changed" | "governance.witness_policy_proposed" | "governance.witness_policy_started"))[] | null); description?: string } } }
    responses: {
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Webhook'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      409: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Forget an endpoint. */
  deleteWebhook: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Change an endpoint, pause it, let it go on, or give it a new secret. */
  changeWebhook: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { url?: string; types?: ((("transaction.issue" | "transaction.redeem" | "transaction.hold" | "transaction.capture" | "transaction.void" | "transaction.time-out" | "transaction.gift" | "transaction.expire" | "transaction.reverse" | "transaction.adjust" | "transaction.goodwill" | "governance.network_opened" | "governance.merchant_admitted" | "governance.merchant_let_go" | "governance.issuing_limit_changed" | "governance.credential_registered" | "governance.credential_revoked" | "governance.earning_rule_set" | "governance.merchant_multiplier_set" | "governance.enrolment_bonus_set" | "governance.wallet_closed" | "governance.audit_digest" | "governance.log_opened" | "governance.log_recovered" | "governance.anchor_contract_named" | "governance.anchor_witnesses_changed" | "governance.witness_policy_proposed" | "governance.witness_policy_started"))[] | null); description?: (string | null); paused?: boolean; rotate_secret?: true } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Webhook'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** List attempts of the last 30 days, newest first. */
  listWebhookDeliveries: {
    parameters: {
      query?: { limit?: number; after?: string }
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: (components['schemas']['WebhookDelivery'])[]; next: (string | null) } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Send everything after an entry once more. */
  replayWebhook: {
    parameters: {
      query?: never
      header?: never
      path: { id: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { after: number } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Webhook'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Read who co-signs the log. */
  readWitnesses: {
    parameters: {
      query?: never
      header?: never
      path: { slug: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['WitnessPolicies'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Say who co-signs the log, and how many of them make a quorum. */
  proposeWitnesses: {
    parameters: {
      query?: never
      header?: never
      path: { slug: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { witnesses: ({ name: string; vkey: string; url?: string; chain_address?: string })[]; quorum: number } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['WitnessPolicies'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Read the checkpoint that witnesses are to co-sign now. */
  readCandidate: {
    parameters: {
      query?: never
      header?: never
      path: { network: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'text/plain': string } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Hand in a witness’s co-signature of a checkpoint. */
  addCosignature: {
    parameters: {
      query?: never
      header?: never
      path: { network: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': { size: number; cosignature: string; chain_signature?: string } } }
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { quorum: boolean } } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      413: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      415: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      422: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Read how the log stands: its last checkpoint, its witnesses, its anchors on chain. */
  readLogState: {
    parameters: {
      query?: never
      header?: never
      path: { network: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['LogState'] } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
  /** Hear what happens as it happens. */
  listenToEvents: {
    parameters: {
      query?: { after?: string }
      header?: { 'Tally-Staff'?: string }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: { headers: { [name: string]: unknown }; content: { 'text/event-stream': string } }
      400: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      401: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      403: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      404: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      429: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      500: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
      503: { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } }
    }
  }
}

export interface paths {
  '/v1/sessions': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listSessions']
    put?: never
    post: operations['signIn']
    delete: operations['signOut']
    patch?: never
  }
  '/v1/sessions/refresh': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['refreshSession']
    delete?: never
    patch?: never
  }
  '/v1/sessions/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete: operations['endSession']
    patch?: never
  }
  '/.well-known/jwks.json': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listSessionKeys']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/sessions/passkey/options': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['beginPasskeySignIn']
    delete?: never
    patch?: never
  }
  '/v1/sessions/passkey': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['signInByPasskey']
    delete?: never
    patch?: never
  }
  '/v1/passkeys/options': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['beginPasskey']
    delete?: never
    patch?: never
  }
  '/v1/passkeys': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listPasskeys']
    put?: never
    post: operations['addPasskey']
    delete?: never
    patch?: never
  }
  '/v1/passkeys/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete: operations['removePasskey']
    patch?: never
  }
  '/v1/totp': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['beginTotp']
    delete?: never
    patch?: never
  }
  '/v1/totp/confirm': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['confirmTotp']
    delete?: never
    patch?: never
  }
  '/v1/totp/remove': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['removeTotp']
    delete?: never
    patch?: never
  }
  '/v1/people/{person}/totp': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete: operations['removeTotpOf']
    patch?: never
  }
  '/v1/networks': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listNetworks']
    put?: never
    post: operations['createNetwork']
    delete?: never
    patch?: never
  }
  '/v1/networks/{slug}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['readNetwork']
    put?: never
    post?: never
    delete?: never
    patch: operations['changeNetwork']
  }
  '/v1/merchants': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listMerchants']
    put?: never
    post: operations['admitMerchant']
    delete?: never
    patch?: never
  }
  '/v1/merchants/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['readMerchant']
    put?: never
    post?: never
    delete?: never
    patch: operations['changeMerchant']
  }
  '/v1/networks/{slug}/shops': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['readDirectory']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/merchants/{id}/profile': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put: operations['setShopProfile']
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/merchants/{id}/staff': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listStaff']
    put?: never
    post: operations['inviteStaff']
    delete?: never
    patch?: never
  }
  '/v1/merchants/{id}/staff/{person}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete: operations['removeStaff']
    patch: operations['changeStaff']
  }
  '/v1/auditors': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listAuditors']
    put?: never
    post: operations['inviteAuditor']
    delete?: never
    patch?: never
  }
  '/v1/auditors/{person}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete: operations['removeAuditor']
    patch?: never
  }
  '/v1/operators': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listOperators']
    put?: never
    post: operations['inviteOperator']
    delete?: never
    patch?: never
  }
  '/v1/operators/{person}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete: operations['removeOperator']
    patch?: never
  }
  '/v1/invitations': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['acceptInvitation']
    delete?: never
    patch?: never
  }
  '/v1/password-resets': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['requestPasswordReset']
    delete?: never
    patch?: never
  }
  '/v1/password-resets/confirm': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['confirmPasswordReset']
    delete?: never
    patch?: never
  }
  '/v1/merchants/{id}/tills': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listTills']
    put?: never
    post: operations['createTill']
    delete?: never
    patch?: never
  }
  '/v1/merchants/{id}/tills/{till}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete: operations['revokeTill']
    patch?: never
  }
  '/v1/merchants/{id}/tills/{till}/rotate': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['rotateTillKey']
    delete?: never
    patch?: never
  }
  '/v1/tills/{id}/pairings': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['beginPairing']
    delete?: never
    patch?: never
  }
  '/v1/pairings': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['pairTablet']
    delete?: never
    patch?: never
  }
  '/v1/pin': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put: operations['setPin']
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/tills/staff': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listTillStaff']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/tills/staff-sessions': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['beginStaffSession']
    delete?: never
    patch?: never
  }
  '/v1/tills/self': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['readOwnTill']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/rules/earning': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listEarningRules']
    put: operations['setEarningRule']
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/rules/earning/dry-run': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['dryRunEarningRule']
    delete?: never
    patch?: never
  }
  '/v1/rules/enrolment-bonus': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listEnrolmentBonuses']
    put: operations['setEnrolmentBonus']
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/rules/earning/simulations': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['simulateEarningRule']
    delete?: never
    patch?: never
  }
  '/v1/rules/earning/simulations/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['readEarningRuleSimulation']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/merchants/{id}/multiplier': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listMerchantMultipliers']
    put: operations['setMerchantMultiplier']
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/customers': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listCustomers']
    put?: never
    post: operations['postCustomer']
    delete?: never
    patch?: never
  }
  '/v1/customers/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getCustomer']
    put?: never
    post?: never
    delete: operations['deleteCustomer']
    patch: operations['changeCustomer']
  }
  '/v1/wallet-sessions': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postWalletSession']
    delete?: never
    patch?: never
  }
  '/v1/wallet-sessions/{id}/code': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postWalletSessionCode']
    delete?: never
    patch?: never
  }
  '/v1/customers/{id}/email': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['beginEmailChange']
    delete?: never
    patch?: never
  }
  '/v1/customers/{id}/email/code': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['confirmEmailChange']
    delete?: never
    patch?: never
  }
  '/v1/wallet-devices': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listWalletDevices']
    put?: never
    post: operations['postWalletDevice']
    delete?: never
    patch?: never
  }
  '/v1/wallet-devices/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete: operations['deleteWalletDevice']
    patch?: never
  }
  '/v1/customers/{id}/memberships': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listCustomerMemberships']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/customers/{id}/cards': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listCards']
    put?: never
    post: operations['postCard']
    delete?: never
    patch?: never
  }
  '/v1/customers/{id}/cards/{card}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete: operations['deleteCard']
    patch?: never
  }
  '/v1/consents': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listConsents']
    put: operations['putConsent']
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/merchants/{id}/responsibilities': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put: operations['recordResponsibilities']
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/consents/controllers': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listResponsibilities']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/customers/{id}/erasure': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getErasure']
    put?: never
    post?: never
    delete: operations['cancelErasure']
    patch?: never
  }
  '/v1/customers/{id}/export': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['exportCustomer']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/identifications': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postIdentification']
    delete?: never
    patch?: never
  }
  '/v1/wallets/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getWallet']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/wallets/{id}/lock': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put: operations['putWalletLock']
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/purchases': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postPurchase']
    delete?: never
    patch?: never
  }
  '/v1/redemptions': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postRedemption']
    delete?: never
    patch?: never
  }
  '/v1/holds': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postHold']
    delete?: never
    patch?: never
  }
  '/v1/holds/{id}/capture': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['captureHold']
    delete?: never
    patch?: never
  }
  '/v1/holds/{id}/void': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['voidHold']
    delete?: never
    patch?: never
  }
  '/v1/transactions/{id}/reversals': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postReversal']
    delete?: never
    patch?: never
  }
  '/v1/transactions/{id}/moves': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postMove']
    delete?: never
    patch?: never
  }
  '/v1/adjustments': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listAdjustments']
    put?: never
    post: operations['postAdjustment']
    delete?: never
    patch?: never
  }
  '/v1/adjustments/{id}/approval': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['approveAdjustment']
    delete?: never
    patch?: never
  }
  '/v1/adjustments/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete: operations['withdrawAdjustment']
    patch?: never
  }
  '/v1/goodwill': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postGoodwill']
    delete?: never
    patch?: never
  }
  '/v1/claims': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['openClaim']
    delete?: never
    patch?: never
  }
  '/v1/claims/collections': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['collectClaim']
    delete?: never
    patch?: never
  }
  '/v1/gifts': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postGift']
    delete?: never
    patch?: never
  }
  '/v1/audit-events': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listAuditEvents']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/reports/day': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getDayReport']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/transactions': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listTransactions']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/transactions/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getTransaction']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/transactions/{id}/receipt': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getReceipt']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/log/{network}/checkpoint': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['readCheckpoint']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/log/{network}/policy': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['readPolicy']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/export': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['exportLog']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/rows-check': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['readRowsCheck']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/webhooks': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listWebhooks']
    put?: never
    post: operations['createWebhook']
    delete?: never
    patch?: never
  }
  '/v1/webhooks/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete: operations['deleteWebhook']
    patch: operations['changeWebhook']
  }
  '/v1/webhooks/{id}/deliveries': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listWebhookDeliveries']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/webhooks/{id}/replay': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['replayWebhook']
    delete?: never
    patch?: never
  }
  '/v1/networks/{slug}/witnesses': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['readWitnesses']
    put: operations['proposeWitnesses']
    post?: never
    delete?: never
    patch?: never
  }
  '/log/{network}/candidate': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['readCandidate']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/log/{network}/cosignatures': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['addCosignature']
    delete?: never
    patch?: never
  }
  '/log/{network}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['readLogState']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  '/v1/events': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['listenToEvents']
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
}
