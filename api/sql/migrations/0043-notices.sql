-- Customers are told by e-mail of each spend, and of points that end soon, unless they turn it off.

alter table api.customer
  add column tells_spends boolean not null default true,
  add column tells_endings boolean not null default true;

-- How far in each network's log spends were told of.
create table api.notice_cursor (
  network_id integer not null,
  cursor_index bigint not null,
  constraint notice_cursor_pk primary key (network_id),
  constraint notice_cursor_network_fk foreign key (network_id) references api.network (network_id),
  constraint notice_cursor_from_start check (cursor_index >= -1)
);

-- What was posted before is told of to nobody any more.
insert into api.notice_cursor (network_id, cursor_index)
select n.network_id, h.next_index - 1 from api.network n join ledger.head h on h.network_id = n.network_id;

grant select, insert on api.notice_cursor to tally_api;
grant update (cursor_index) on api.notice_cursor to tally_api;
