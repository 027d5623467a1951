-- A second step at sign-in: time-based codes (RFC 6238), and codes for the day the phone is lost.

create table api.person_totp (
  person_uuid uuid not null,
  -- AES-256-GCM under a key that is not in the database.
  sealed_secret bytea not null,
  -- Null: begun, and not yet shown to work.
  confirmed_at timestamptz,
  -- The newest step whose code was used: a code is good once.
  last_step bigint not null default 0,
  constraint person_totp_pk primary key (person_uuid),
  constraint person_totp_person_fk foreign key (person_uuid) references api.person (uuid)
);

create table api.person_recovery_code (
  person_uuid uuid not null,
  -- SHA-256 of 80 random bits.
  code_hash bytea not null,
  constraint person_recovery_code_pk primary key (person_uuid, code_hash),
  constraint person_recovery_code_totp_fk foreign key (person_uuid) references api.person_totp (person_uuid)
    on delete cascade,
  constraint person_recovery_code_hash_length check (octet_length(code_hash) = 32)
);

grant select, insert, delete on api.person_totp, api.person_recovery_code to tally_api;
grant update (sealed_secret, confirmed_at, last_step) on api.person_totp to tally_api;
