-- Who may act: networks, people, merchants, tills and sessions. What they do to points is in the schema ledger.

create table api.network (
  network_id integer not null,
  uuid uuid not null,
  slug text not null,
  name text not null,
  locale text not null,
  public_url text,
  terms text,
  -- As the ledger was opened with; they never change.
  currency text not null,
  point_face_value_minor bigint not null,
  time_zone text not null,
  grace_days integer not null,
  house_merchant_id integer not null,
  notice_days integer not null default 30,
  redeem_without_qr_daily_max bigint not null default 0,
  created_at timestamptz not null default now(),
  constraint network_pk primary key (network_id),
  constraint network_uuid_unique unique (uuid),
  constraint network_slug_unique unique (slug),
  constraint network_slug_form check (slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
  constraint network_notice_days_range check (notice_days between 0 and 365),
  constraint network_redeem_without_qr_not_negative check (redeem_without_qr_daily_max >= 0)
);

-- A person signs in with one e-mail address in the whole deployment, whatever networks they belong to.
create table api.person (
  uuid uuid not null,
  email text not null,
  name text not null,
  password_hash text not null,
  is_deployment_operator boolean not null default false,
  created_at timestamptz not null default now(),
  constraint person_pk primary key (uuid),
  constraint person_email_unique unique (email),
  constraint person_email_lower_case check (email = lower(email)),
  constraint person_password_hash_argon2id check (password_hash like '$argon2id$%')
);

create table api.merchant (
  network_id integer not null,
  merchant_id integer not null,
  uuid uuid not null,
  name text not null,
  issuing_limit bigint,
  is_house boolean not null default false,
  -- How an import knows this merchant.
  external_reference text,
  created_at timestamptz not null default now(),
  left_at timestamptz,
  constraint merchant_pk primary key (network_id, merchant_id),
  constraint merchant_network_fk foreign key (network_id) references api.network (network_id),
  constraint merchant_uuid_unique unique (network_id, uuid),
  constraint merchant_external_reference_unique unique (network_id, external_reference),
  constraint merchant_issuing_limit_not_negative check (issuing_limit >= 0)
);

create table api.membership (
  network_id integer not null,
  person_uuid uuid not null,
  role text not null,
  -- Null: for the network as a whole.
  merchant_id integer,
  credential_id integer not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint membership_pk primary key (network_id, person_uuid),
  constraint membership_network_fk foreign key (network_id) references api.network (network_id),
  constraint membership_person_fk foreign key (person_uuid) references api.person (uuid),
  constraint membership_merchant_fk foreign key (network_id, merchant_id)
    references api.merchant (network_id, merchant_id),
  constraint membership_credential_unique unique (network_id, credential_id),
  constraint membership_role_known check (role in ('operator', 'auditor', 'owner', 'manager', 'cashier')),
  constraint membership_merchant_by_role check ((merchant_id is null) = (role in ('operator', 'auditor')))
);

create index membership_by_person on api.membership (person_uuid);

create table api.till (
  network_id integer not null,
  uuid uuid not null,
  merchant_id integer not null,
  name text not null,
  -- SHA-256 of a random key of 256 bits, which needs no slow hash.
  key_hash bytea not null,
  credential_id integer not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  last_used_at timestamptz,
  constraint till_pk primary key (network_id, uuid),
  constraint till_merchant_fk foreign key (network_id, merchant_id)
    references api.merchant (network_id, merchant_id),
  constraint till_key_hash_unique unique (key_hash),
  constraint till_key_hash_length check (octet_length(key_hash) = 32),
  constraint till_credential_unique unique (network_id, credential_id)
);

create index till_by_merchant on api.till (network_id, merchant_id);

-- A person who is signed in: in one network, or (network_id null) as the deployment's operator.
create table api.session (
  uuid uuid not null,
  network_id integer,
  person_uuid uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint session_pk primary key (uuid),
  constraint session_person_fk foreign key (person_uuid) references api.person (uuid),
  constraint session_network_fk foreign key (network_id) references api.network (network_id)
);

create index session_by_person on api.session (person_uuid);

grant usage on schema api to tally_api;
grant select, insert on
  api.network, api.person, api.merchant, api.membership, api.till, api.session
to tally_api;
grant update (name, locale, public_url, terms, redeem_without_qr_daily_max) on api.network to tally_api;
grant update (name, password_hash) on api.person to tally_api;
grant update (name, issuing_limit, external_reference, left_at) on api.merchant to tally_api;
grant update (ended_at) on api.membership to tally_api;
grant update (name, revoked_at, last_used_at) on api.till to tally_api;
grant update (revoked_at) on api.session to tally_api;
