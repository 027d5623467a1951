-- Customers and what belongs to them. The ledger knows wallets only; who is behind one stands here alone.

create table api.customer (
  network_id integer not null,
  uuid uuid not null,
  email text,
  phone text,
  name text,
  external_reference text,
  created_at timestamptz not null default now(),
  constraint customer_pk primary key (network_id, uuid),
  constraint customer_network_fk foreign key (network_id) references api.network (network_id),
  constraint customer_email_unique unique (network_id, email),
  constraint customer_phone_unique unique (network_id, phone),
  constraint customer_external_reference_unique unique (network_id, external_reference),
  constraint customer_email_lower_case check (email = lower(email)),
  constraint customer_phone_e164 check (phone ~ '^\+[1-9][0-9]{6,14}$')
);

-- Apart from the customer, because the wallet's number outlives an erased person.
create table api.wallet (
  network_id integer not null,
  wallet_id integer not null,
  uuid uuid not null,
  customer_uuid uuid,
  constraint wallet_pk primary key (network_id, wallet_id),
  constraint wallet_uuid_unique unique (network_id, uuid),
  constraint wallet_customer_unique unique (network_id, customer_uuid),
  constraint wallet_customer_fk foreign key (network_id, customer_uuid) references api.customer (network_id, uuid)
);

-- A sign-in under way: a code was sent to an e-mail address, whoever's it is.
create table api.wallet_session (
  network_id integer not null,
  uuid uuid not null,
  email text not null,
  code_hash bytea not null,
  attempts integer not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint wallet_session_pk primary key (network_id, uuid),
  constraint wallet_session_network_fk foreign key (network_id) references api.network (network_id),
  constraint wallet_session_attempts_bound check (attempts between 0 and 5),
  constraint wallet_session_code_hash_length check (octet_length(code_hash) = 32)
);

-- Whoever enters a code, or shows a token, names the session alone.
create index wallet_session_uuid on api.wallet_session (uuid);
create index wallet_session_expiry on api.wallet_session (expires_at);

-- A customer who is signed in.
create table api.customer_session (
  network_id integer not null,
  uuid uuid not null,
  customer_uuid uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint customer_session_pk primary key (network_id, uuid),
  constraint customer_session_customer_fk foreign key (network_id, customer_uuid)
    references api.customer (network_id, uuid) on delete cascade
);

create index customer_session_uuid on api.customer_session (uuid);

-- A phone whose key signs the wallet's QRs. Never deleted while the wallet lives: a replay must still find its key.
create table api.device (
  network_id integer not null,
  uuid uuid not null,
  wallet_id integer not null,
  public_key jsonb not null,
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  constraint device_pk primary key (network_id, uuid),
  constraint device_wallet_fk foreign key (network_id, wallet_id) references api.wallet (network_id, wallet_id)
);

grant select, insert, update, delete on
  api.customer, api.wallet, api.wallet_session, api.customer_session, api.device
to tally_api;
