-- Where the log is sent to. Each endpoint has its own place in it, so one that fails holds up no other.

create table api.webhook (
  network_id integer not null,
  uuid uuid not null,
  -- Null: hears of everything in the network.
  merchant_id integer,
  url text not null,
  description text,
  -- Null: of every type.
  types text[],
  -- The last entry that was delivered or is none of its business.
  cursor_index bigint not null,
  -- Secrets are derived from the deployment's, so that none is kept here.
  secret_version integer not null default 1,
  previous_secret_until timestamptz,
  -- Of the entry that could not be delivered: since when, how often, when again.
  failing_since timestamptz,
  failed_attempts integer not null default 0,
  next_attempt_at timestamptz,
  paused_at timestamptz,
  pause_reason text,
  -- Until then one worker delivers; a worker that died is followed by another.
  lease_until timestamptz,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  constraint webhook_pk primary key (network_id, uuid),
  constraint webhook_network_fk foreign key (network_id) references api.network (network_id),
  constraint webhook_merchant_fk foreign key (network_id, merchant_id)
    references api.merchant (network_id, merchant_id),
  constraint webhook_person_fk foreign key (created_by) references api.person (uuid),
  constraint webhook_cursor_from_start check (cursor_index >= -1),
  constraint webhook_secret_version check (secret_version >= 1),
  constraint webhook_pause_reason check (
    (paused_at is null) = (pause_reason is null) and pause_reason in ('asked', 'failing', 'gone')
  )
);

-- One row an attempt, for 30 days.
create table api.webhook_delivery (
  network_id integer not null,
  webhook_uuid uuid not null,
  uuid uuid not null,
  entry_index bigint not null,
  attempted_at timestamptz not null,
  milliseconds integer not null,
  -- Null: no answer came, and `error` says why.
  status integer,
  error text,
  delivered boolean not null,
  constraint webhook_delivery_pk primary key (network_id, webhook_uuid, uuid),
  constraint webhook_delivery_webhook_fk foreign key (network_id, webhook_uuid)
    references api.webhook (network_id, uuid) on delete cascade,
  constraint webhook_delivery_error_known
    check (error in ('address_refused', 'name_unknown', 'not_trusted', 'timed_out', 'unreachable')),
  constraint webhook_delivery_answered check ((status is null) = (error is not null)),
  constraint webhook_delivery_delivered check (delivered = coalesce(status between 200 and 299, false))
);

create index webhook_delivery_by_time on api.webhook_delivery (attempted_at);

grant select, insert, delete on api.webhook, api.webhook_delivery to tally_api;
grant update (url, description, types, cursor_index, secret_version, previous_secret_until, failing_since,
  failed_attempts, next_attempt_at, paused_at, pause_reason, lease_until) on api.webhook to tally_api;
