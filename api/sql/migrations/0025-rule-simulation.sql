-- What a rule would have given: worked out slice by slice of the network's wallets, in the background.

create table api.rule_simulation (
  network_id integer not null,
  uuid uuid not null,
  -- As columns of ledger.earning_rule.
  terms jsonb not null,
  since timestamptz not null,
  until timestamptz not null,
  -- Wallets up to this one are counted.
  cursor_wallet integer not null default 0,
  wallets_counted integer not null default 0,
  wallets_total integer not null,
  tally jsonb not null,
  finished_at timestamptz,
  constraint rule_simulation_pk primary key (network_id, uuid),
  constraint rule_simulation_network_fk foreign key (network_id) references api.network (network_id),
  constraint rule_simulation_period check (since < until)
);

create index rule_simulation_by_time on api.rule_simulation (until);

grant select, insert, delete on api.rule_simulation to tally_api;
grant update (cursor_wallet, wallets_counted, tally, finished_at) on api.rule_simulation to tally_api;
