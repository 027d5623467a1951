-- Tablets paired by a code, keys that overlap while they are rotated, and cashiers who switch on a till by PIN.

alter table api.till
  -- The key before, good for a while after a rotation.
  add column previous_key_hash bytea,
  add column previous_key_until timestamptz,
  add constraint till_previous_key_hash_unique unique (previous_key_hash),
  add constraint till_previous_key_hash_length check (octet_length(previous_key_hash) = 32),
  add constraint till_previous_key_ends check ((previous_key_hash is null) = (previous_key_until is null));

-- A code that gives the tablet it is entered on the till's key. One at a time for each till.
create table api.till_pairing (
  network_id integer not null,
  till_uuid uuid not null,
  code_hash bytea not null,
  expires_at timestamptz not null,
  constraint till_pairing_pk primary key (network_id, till_uuid),
  constraint till_pairing_till_fk foreign key (network_id, till_uuid) references api.till (network_id, uuid),
  constraint till_pairing_code_hash_unique unique (code_hash),
  constraint till_pairing_code_hash_length check (octet_length(code_hash) = 32)
);

-- A person's PIN at the tills of their merchant.
create table api.staff_pin (
  network_id integer not null,
  person_uuid uuid not null,
  pin_hash text not null,
  -- Wrong tries since the last right one.
  failures integer not null default 0,
  locked_until timestamptz,
  constraint staff_pin_pk primary key (network_id, person_uuid),
  constraint staff_pin_membership_fk foreign key (network_id, person_uuid)
    references api.membership (network_id, person_uuid),
  constraint staff_pin_hash_argon2id check (pin_hash like '$argon2id$%'),
  constraint staff_pin_failures_not_negative check (failures >= 0)
);

-- Who stood at the till, beside the till itself.
alter table api.audit_event add column staff_uuid uuid;

grant update (key_hash, previous_key_hash, previous_key_until) on api.till to tally_api;
grant select, insert, update, delete on api.till_pairing, api.staff_pin to tally_api;
grant insert (staff_uuid) on api.audit_event to tally_api;
