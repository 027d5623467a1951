set role tally_poster;

-- The log's tree and checkpoints. The hashes and signatures are made outside (ledger/log/): the database has no key.

-- Only one at a time extends a network's log; false: another does. Held to the end of the transaction.
create or replace function ledger.lock_log(_network int) returns boolean
language sql volatile security definer set search_path = ledger, pg_temp as $$
  select pg_try_advisory_xact_lock(1819240301, _network)
$$;

-- The network's first origin. One that has a log already keeps it.
create or replace function ledger.open_log(_network int, _origin text, _vkey text) returns void
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
begin
  perform from ledger.head x where x.network_id = _network for update;
  if not exists (select from ledger.log x where x.network_id = _network) then
    insert into ledger.log values (_network, 1, _origin, _vkey,
      ledger.write_governance(_network, 'log_opened', null, jsonb_build_object('origin', _origin, 'key', _vkey)));
  end if;
end $$;

-- Adds the hashes of new leaves and of the subtrees that they complete, and the checkpoint over them. Tiles are given
-- by what is new in each: from the hash at offset on.
create or replace function ledger.extend_log(
  _network int, _generation int, _from bigint, _size bigint, _root bytea, _signature bytea,
  _levels int[], _indexes bigint[], _offsets int[], _hashes bytea[]
) returns void
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  grown int;
  begun int;
begin
  if not ledger.lock_log(_network) then raise exception 'another extends the log of network %', _network; end if;
  if _generation <> (select max(x.generation) from ledger.log x where x.network_id = _network)
    or _size > (select x.next_index from ledger.head x where x.network_id = _network)
    or _from <> coalesce((select max(x.size) from ledger.checkpoint x
      where x.network_id = _network and x.generation = _generation), 0)
  then
    raise exception 'the log of network % does not go from % to %', _network, _from, _size;
  end if;
  update ledger.tile t set hashes = t.hashes || n.hashes
    from unnest(_levels, _indexes, _offsets, _hashes) as n(level, tile_index, at, hashes)
    where t.network_id = _network and t.generation = _generation and t.level = n.level
      and t.tile_index = n.tile_index and n.at > 0 and length(t.hashes) = n.at * 32;
  get diagnostics grown = row_count;
  insert into ledger.tile
    select _network, _generation, n.level, n.tile_index, n.hashes
    from unnest(_levels, _indexes, _offsets, _hashes) as n(level, tile_index, at, hashes)
    where n.at = 0;
  get diagnostics begun = row_count;
  if grown + begun <> cardinality(_levels) then
    raise exception 'the tiles of network % are not those of a tree of %', _network, _from;
  end if;
  insert into ledger.checkpoint values (_network, _generation, _size, _root, _signature, clock_timestamp(), null);
end $$;

-- Says why the log isn't signed; one that is behind, or forked, is not written to either, and stays so whatever else is
-- found.
create or replace function ledger.refuse_log(
  _network int, _code text, _reason text, _seen_origin text, _seen_size bigint, _seen_root bytea, _entry bigint
) returns void
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  before ledger.log_refusal;
begin
  perform from ledger.head x where x.network_id = _network for update;
  select * into before from ledger.log_refusal x where x.network_id = _network;
  if before.code in ('behind', 'forked') and _code not in ('behind', 'forked') then return; end if;
  delete from ledger.log_refusal x where x.network_id = _network;
  insert into ledger.log_refusal values (_network, _code, _reason,
    case when before.code = _code then before.since else clock_timestamp() end, _seen_origin, _seen_size, _seen_root,
    _entry);
  update ledger.head x set halted = _code in ('behind', 'forked') where x.network_id = _network;
end $$;

create or replace function ledger.accept_log(_network int) returns void
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
begin
  perform from ledger.head x where x.network_id = _network for update;
  delete from ledger.log_refusal x where x.network_id = _network;
  update ledger.head x set halted = false where x.network_id = _network and x.halted;
end $$;

-- Opens a new origin over the entries that are here, with an entry that names the old origin's tree as it was last seen
-- (root in hex). Not for the API's role.
create or replace function ledger.recover_log(
  _network int, _generation int, _origin text, _vkey text, _old_origin text, _old_size bigint, _old_root bytea
) returns bigint
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  index bigint;
begin
  perform ledger.accept_log(_network);
  index := ledger.write_governance(_network, 'log_recovered', null, jsonb_build_object(
    'origin', _origin, 'key', _vkey, 'old_origin', _old_origin, 'old_size', _old_size::text,
    'old_root', encode(_old_root, 'hex')));
  insert into ledger.log values (_network, _generation, _origin, _vkey, index);
  return index;
end $$;
revoke execute on function ledger.recover_log from public;
