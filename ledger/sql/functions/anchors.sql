set role tally_poster;

-- Anchors on chain. The database can't ask a chain: whoever calls these has seen there what it says.

-- Names the contract that keeps this network's checkpoints from now on, in an entry of the log. One that is named
-- already answers its entry.
create or replace function ledger.name_anchor_contract(
  _network int, _chain_id bigint, _address bytea, _deployed_block bigint, _credential int
) returns bigint
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  log ledger.log;
  index bigint;
begin
  perform from ledger.head x where x.network_id = _network for update;
  select x.entry_index into index from ledger.anchor_contract x
    where x.network_id = _network and x.chain_id = _chain_id and x.address = _address;
  if found then return index; end if;
  select * into strict log from ledger.log x
    where x.network_id = _network order by x.generation desc limit 1;
  index := ledger.write_governance(_network, 'anchor_contract_named', _credential, jsonb_build_object(
    'chain', _chain_id::text, 'contract', '0x' || encode(_address, 'hex'), 'origin', log.origin));
  insert into ledger.anchor_contract values (_network, index, log.generation, _chain_id, _address, _deployed_block);
  return index;
end $$;

-- Whose signatures a named contract counts since its change of witnesses with this number; the caller has seen it there.
-- One that is in the log already answers its entry.
create or replace function ledger.record_anchor_witnesses(
  _network int, _contract bigint, _number bigint, _witnesses bytea[], _quorum int
) returns bigint
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  named ledger.anchor_contract;
  index bigint;
begin
  perform from ledger.head x where x.network_id = _network for update;
  select * into strict named from ledger.anchor_contract x
    where x.network_id = _network and x.entry_index = _contract;
  select x.entry_index into index from ledger.governance x
    where x.network_id = _network and x.event = 'anchor_witnesses_changed'
      and x.facts ->> 'chain' = named.chain_id::text
      and x.facts ->> 'contract' = '0x' || encode(named.address, 'hex') and x.facts ->> 'number' = _number::text;
  if found then return index; end if;
  return ledger.write_governance(_network, 'anchor_witnesses_changed', null, jsonb_build_object(
    'chain', named.chain_id::text, 'contract', '0x' || encode(named.address, 'hex'), 'number', _number::text,
    'quorum', _quorum::text,
    'witnesses', (select string_agg('0x' || encode(x, 'hex'), ' ' order by x) from unnest(_witnesses) x)));
end $$;

-- A witness's signature of a checkpoint for the contract that counts; the caller has recovered the signer from it.
-- Answers whether it counts: false where the log has no contract or no such checkpoint.
create or replace function ledger.add_anchor_signature(
  _network int, _size bigint, _signer bytea, _signature bytea
) returns boolean
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  contract ledger.anchor_contract;
begin
  select * into contract from ledger.anchor_contract x
    where x.network_id = _network order by x.entry_index desc limit 1;
  if not exists (select from ledger.checkpoint x
    where x.network_id = _network and x.generation = contract.generation and x.size = _size)
  then
    return false;
  end if;
  insert into ledger.anchor_signature values (
    _network, contract.entry_index, contract.generation, _size, _signer, _signature, clock_timestamp())
    on conflict on constraint anchor_signature_pk do nothing;
  return true;
end $$;

-- An anchor that has its confirmations; one that had vanished with its block is back.
create or replace function ledger.record_anchor(
  _network int, _contract bigint, _size bigint, _root bytea, _block_number bigint, _block_hash bytea,
  _transaction_hash bytea
) returns void
language sql volatile security definer set search_path = ledger, pg_temp as $$
  insert into ledger.anchor as a values (
    _network, _contract, _size, _root, _block_number, _block_hash, _transaction_hash, clock_timestamp(), null)
    on conflict on constraint anchor_pk do update set vanished_at = null where a.vanished_at is not null
$$;

-- The block of an anchor is no longer on the chain.
create or replace function ledger.forget_anchor(_network int, _contract bigint, _size bigint, _block_hash bytea)
returns void
language sql volatile security definer set search_path = ledger, pg_temp as $$
  update ledger.anchor a set vanished_at = clock_timestamp()
    where a.network_id = _network and a.contract_index = _contract and a.size = _size
      and a.block_hash = _block_hash and a.vanished_at is null
$$;
