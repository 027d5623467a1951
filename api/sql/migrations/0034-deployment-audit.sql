-- What the deployment's operator does outside any network: one link a day, a hash over the day's events, begun with the
-- link before. No network's log is the deployment's own, so each network's log has it: who runs the server answers to all.

create table api.deployment_audit_day (
  day date not null,
  events integer not null,
  digest bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint deployment_audit_day_pk primary key (day),
  constraint deployment_audit_day_events_some check (events > 0),
  constraint deployment_audit_day_digest_length check (octet_length(digest) = 32)
);

-- Which of them are in a network's log.
create table api.deployment_audit_entry (
  network_id integer not null,
  day date not null,
  entry_index bigint not null,
  constraint deployment_audit_entry_pk primary key (network_id, day),
  constraint deployment_audit_entry_day_fk foreign key (day) references api.deployment_audit_day (day),
  constraint deployment_audit_entry_governance_fk foreign key (network_id, entry_index)
    references ledger.governance (network_id, entry_index)
);

create trigger never_changes before update or delete or truncate on api.deployment_audit_day
  for each statement execute function api.never_changes();
create trigger never_changes before update or delete or truncate on api.deployment_audit_entry
  for each statement execute function api.never_changes();

grant select on api.deployment_audit_day, api.deployment_audit_entry to tally_api;
grant insert (day, events, digest) on api.deployment_audit_day to tally_api;
grant insert on api.deployment_audit_entry to tally_api;
