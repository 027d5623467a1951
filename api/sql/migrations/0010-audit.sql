-- The audit trail: who did what, from where, and what was refused for lack of rights. Append-only, as the ledger is:
-- by privilege for the API, by trigger for everyone without DDL.

create table api.audit_event (
  uuid uuid not null,
  -- Null: where no network was acted in (the deployment's operator).
  network_id integer,
  at timestamptz(3) not null default clock_timestamp(),
  day date not null generated always as ((at at time zone 'UTC')::date) stored,
  actor_kind text not null,
  -- A person, a till or a customer. It outlives them: nothing here says who that was.
  actor_uuid uuid,
  actor_role text,
  -- Whose merchant it concerns: its owner may read it.
  merchant_id integer,
  operation text not null,
  -- `done`, or the code of the refusal.
  outcome text not null,
  -- Ids as they are shown outside, and names of fields; never what was in them.
  subjects text[] not null,
  changed text[] not null,
  request_id text,
  -- SHA-256 of salt and address, which stand apart because they are forgotten some day.
  source_hash bytea,
  constraint audit_event_pk primary key (uuid),
  constraint audit_event_network_fk foreign key (network_id) references api.network (network_id),
  constraint audit_event_actor_known
    check (actor_kind in ('till', 'staff', 'customer', 'deployment operator', 'anyone', 'system')),
  constraint audit_event_source_hash_length check (octet_length(source_hash) = 32)
);

create index audit_event_by_network on api.audit_event (network_id, uuid);
create index audit_event_by_day on api.audit_event (network_id, day);

create table api.audit_source (
  event_uuid uuid not null,
  address inet not null,
  salt bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint audit_source_pk primary key (event_uuid),
  constraint audit_source_event_fk foreign key (event_uuid) references api.audit_event (uuid)
);

create index audit_source_by_age on api.audit_source (created_at);

-- One link a network and day: a hash over the day's events, begun with the link before. It goes into the log.
create table api.audit_day (
  network_id integer not null,
  day date not null,
  events integer not null,
  digest bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint audit_day_pk primary key (network_id, day),
  constraint audit_day_network_fk foreign key (network_id) references api.network (network_id),
  constraint audit_day_events_some check (events > 0),
  constraint audit_day_digest_length check (octet_length(digest) = 32)
);

create function api.never_changes() returns trigger language plpgsql as $$
begin
  raise exception '%.% is append-only', tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege', hint = 'what happened is added to, never changed';
end $$;

create trigger never_changes before update or delete or truncate on api.audit_event
  for each statement execute function api.never_changes();
create trigger never_changes before update or delete or truncate on api.audit_day
  for each statement execute function api.never_changes();

grant select on api.audit_event, api.audit_source, api.audit_day to tally_api;
-- The time is the database's, so that nobody writes into a day that has passed.
grant insert (uuid, network_id, actor_kind, actor_uuid, actor_role, merchant_id, operation, outcome, subjects, changed,
  request_id, source_hash) on api.audit_event to tally_api;
grant insert (event_uuid, address, salt), delete on api.audit_source to tally_api;
grant insert (network_id, day, events, digest) on api.audit_day to tally_api;
