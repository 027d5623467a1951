-- Passkeys (WebAuthn) of operators and owners: another way to sign in.

create table api.passkey (
  uuid uuid not null,
  person_uuid uuid not null,
  -- As the authenticator chose it; unique in the world.
  credential_id bytea not null,
  -- COSE_Key (RFC 9052).
  public_key bytea not null,
  -- How often it signed, by its own count; 0 for authenticators that do not count.
  sign_count bigint not null,
  name text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  constraint passkey_pk primary key (uuid),
  constraint passkey_person_fk foreign key (person_uuid) references api.person (uuid),
  constraint passkey_credential_unique unique (credential_id),
  constraint passkey_credential_length check (octet_length(credential_id) between 1 and 1023),
  constraint passkey_sign_count_not_negative check (sign_count >= 0)
);

create index passkey_by_person on api.passkey (person_uuid);

-- What a passkey is asked to sign, good once and for minutes.
create table api.passkey_challenge (
  challenge bytea not null,
  -- Who adds a passkey; null: somebody who signs in.
  person_uuid uuid,
  expires_at timestamptz not null,
  constraint passkey_challenge_pk primary key (challenge),
  constraint passkey_challenge_person_fk foreign key (person_uuid) references api.person (uuid),
  constraint passkey_challenge_length check (octet_length(challenge) = 32)
);

create index passkey_challenge_by_age on api.passkey_challenge (expires_at);

grant select, insert, delete on api.passkey, api.passkey_challenge to tally_api;
grant update (sign_count, last_used_at) on api.passkey to tally_api;
