-- What came of looking whether the ledger's rows are still what was posted. One row a network, the last check.

create table api.rows_check (
  network_id integer not null,
  -- Another process leaves it alone for an hour from here.
  started_at timestamptz not null,
  checked_at timestamptz,
  -- Of the last check that came to its end.
  entries bigint not null default 0,
  -- In words, by the ids of accounts and the indexes of entries; none: nothing was changed.
  faults text[] not null default '{}',
  constraint rows_check_pk primary key (network_id),
  constraint rows_check_network_fk foreign key (network_id) references api.network (network_id)
);

grant select, insert on api.rows_check to tally_api;
grant update (started_at, checked_at, entries, faults) on api.rows_check to tally_api;
