-- People are invited, accept, change roles and go; what they set their password with; sessions that are refreshed.

alter table api.membership
  -- What they are called in this network: nothing crosses from another one.
  add column name text,
  -- Null: invited, and not yet accepted.
  add column accepted_at timestamptz default now();

-- A secret that was sent by e-mail, good once.
create table api.person_token (
  -- SHA-256 of 256 random bits.
  token_hash bytea not null,
  purpose text not null,
  person_uuid uuid not null,
  -- The network invited to; null for a password reset.
  network_id integer,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint person_token_pk primary key (token_hash),
  constraint person_token_hash_length check (octet_length(token_hash) = 32),
  constraint person_token_person_fk foreign key (person_uuid) references api.person (uuid),
  constraint person_token_network_fk foreign key (network_id) references api.network (network_id),
  constraint person_token_purpose_known check (purpose in ('invitation', 'password reset')),
  constraint person_token_network_by_purpose check ((network_id is null) = (purpose = 'password reset'))
);

create index person_token_by_person on api.person_token (person_uuid);

-- Refresh tokens are numbered; one with an older number was used before.
alter table api.session
  add column refresh_number integer not null default 0,
  add column refreshed_at timestamptz,
  add column user_agent text;
alter table api.customer_session
  add column refresh_number integer not null default 0,
  add column refreshed_at timestamptz,
  add column user_agent text;

-- Null: invited, and never chose one. People from before this migration were made with theirs.
alter table api.person add column password_chosen_at timestamptz default now();

grant update (name, accepted_at, role, merchant_id, credential_id) on api.membership to tally_api;
grant update (email, password_chosen_at) on api.person to tally_api;
grant select, insert, delete on api.person_token to tally_api;
grant update (refresh_number, refreshed_at, expires_at) on api.session to tally_api;
