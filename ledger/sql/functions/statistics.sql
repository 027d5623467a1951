-- Sessions keep plans made when a table was small. Fresh statistics of whatever has doubled since make them plan again;
-- autovacuum does so too, but only within a minute or so, and a network's first minute may bring many thousand rows.
set role tally_owner;
create or replace function ledger.refresh_statistics() returns void
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  name regclass;
begin
  for name in
    select c.oid from pg_class c
    where c.relnamespace = 'ledger'::regnamespace and c.relkind = 'r'
      and pg_relation_size(c.oid) / 8192 > greatest(c.relpages, 0) * 2 + 4
  loop
    execute format('analyze %s', name);
  end loop;
end $$;
revoke execute on function ledger.refresh_statistics from public;
grant execute on function ledger.refresh_statistics to tally_api;
