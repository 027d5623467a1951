-- How long the log's entries are as lines of an export, thousands at a time: a tar says a file's length before the file.
-- Entries never change, so neither does this.

create table api.entry_bytes (
  network_id integer not null,
  -- Entries from part * 10,000 on.
  part bigint not null,
  bytes bigint not null,
  constraint entry_bytes_pk primary key (network_id, part),
  constraint entry_bytes_network_fk foreign key (network_id) references api.network (network_id)
);

grant select, insert on api.entry_bytes to tally_api;
