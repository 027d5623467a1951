-- A new e-mail address that a customer has still to prove: it replaces the old one when the code sent to it is entered.

create table api.email_change (
  network_id integer not null,
  customer_uuid uuid not null,
  uuid uuid not null,
  email text not null,
  code_hash bytea not null,
  attempts integer not null default 0,
  expires_at timestamptz not null,
  constraint email_change_pk primary key (network_id, customer_uuid),
  constraint email_change_customer_fk foreign key (network_id, customer_uuid)
    references api.customer (network_id, uuid) on delete cascade,
  constraint email_change_email_lower_case check (email = lower(email)),
  constraint email_change_attempts_bound check (attempts between 0 and 5),
  constraint email_change_code_hash_length check (octet_length(code_hash) = 32)
);

create index email_change_expiry on api.email_change (expires_at);

grant select, insert, delete on api.email_change to tally_api;
grant update (uuid, email, code_hash, attempts, expires_at) on api.email_change to tally_api;
