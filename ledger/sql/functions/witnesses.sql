set role tally_poster;

-- Witnesses: who they are, what they are asked to co-sign, what they have co-signed. The database has no Ed25519:
-- whoever calls add_cosignature has verified it, and whoever reads a note verifies it again.

-- The version of the policy that counts now; null: none, and a checkpoint needs no co-signature.
create or replace function ledger.policy_in_force(_network int) returns int
language sql stable parallel safe as $$
  select max(x.version) from ledger.witness_policy_start x where x.network_id = _network
$$;

-- A policy as C2SP tlog-policy writes it, but for the log's line; addresses on chain as comments.
create or replace function ledger.format_witness_policy(_witnesses jsonb, _quorum int) returns text
language sql stable parallel safe as $$
  select coalesce(string_agg('witness ' || w.name || ' ' || w.vkey || coalesce(' ' || w.url, '') || e'\n'
      || coalesce('# chain ' || w.name || ' ' || w.chain_address || e'\n', ''), '' order by w.name collate "C"), '')
    || case _quorum when 0 then e'quorum none\n' else
      'group Quorum ' || _quorum || ' ' || string_agg(w.name, ' ' order by w.name collate "C") || e'\nquorum Quorum\n' end
  from jsonb_to_recordset(_witnesses) as w(name text, vkey text, url text, chain_address text)
$$;

-- Lets a proposed version count from now on. Only under the head lock.
create or replace function ledger.start_witness_policy(_network int, _version int) returns void
language sql volatile security definer set search_path = ledger, pg_temp as $$
  insert into ledger.witness_policy_start values (_network, _version,
    ledger.write_governance(_network, 'witness_policy_started', null, jsonb_build_object('version', _version::text)))
$$;

-- Proposes who is to co-sign: [{name, vkey, url?, chain_address? (0x…)}], `_quorum` of them a quorum. While a quorum is in
-- force it starts once that quorum has co-signed a checkpoint which contains the proposal (add_cosignature), and
-- replaces what was proposed before it and has not started; else at once. Answers its version; the same as the last
-- one proposed is that one.
create or replace function ledger.propose_witness_policy(
  _network int, _witnesses jsonb, _quorum int, _credential int
) returns int
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  newest ledger.witness_policy;
  wording text := ledger.format_witness_policy(_witnesses, _quorum);
  next_version int;
begin
  if _quorum > jsonb_array_length(_witnesses) then
    raise exception 'a quorum of % in % witnesses', _quorum, jsonb_array_length(_witnesses);
  end if;
  perform from ledger.head x where x.network_id = _network for update;
  select * into newest from ledger.witness_policy x where x.network_id = _network order by x.version desc limit 1;
  if newest.text = wording then return newest.version; end if;
  next_version := coalesce(newest.version, 0) + 1;
  insert into ledger.witness_policy values (_network, next_version, _quorum, wording,
    ledger.write_governance(_network, 'witness_policy_proposed', _credential, jsonb_build_object(
      'version', next_version::text, 'quorum', _quorum::text, 'witnesses', jsonb_array_length(_witnesses)::text,
      -- By its hash: it names members, and is in the open itself.
      'policy', encode(sha256(convert_to(wording, 'UTF8')), 'hex'))));
  insert into ledger.witness
    select _network, next_version, w.name, w.vkey, w.url, decode(substring(w.chain_address from 3), 'hex')
    from jsonb_to_recordset(_witnesses) as w(name text, vkey text, url text, chain_address text);
  if ledger.quorum_in_force(_network) = 0 then perform ledger.start_witness_policy(_network, next_version); end if;
  return next_version;
end $$;

create or replace function ledger.quorum_in_force(_network int) returns int
language sql stable parallel safe as $$
  select coalesce((select x.quorum from ledger.witness_policy x
    where x.network_id = _network and x.version = ledger.policy_in_force(_network)), 0)::int
$$;

-- What witnesses are to co-sign now: one checkpoint until a quorum has co-signed it or 30 seconds have passed, then the
-- newest. No row while nothing is signed yet.
create or replace function ledger.offer_candidate(_network int) returns setof ledger.candidate
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  offered ledger.candidate;
  newest ledger.checkpoint;
begin
  select * into newest from ledger.checkpoint x where x.network_id = _network
    order by x.generation desc, x.size desc limit 1;
  if newest is null then return; end if;
  insert into ledger.candidate values (_network, newest.generation, newest.size, clock_timestamp())
    on conflict on constraint candidate_pk do nothing;
  select * into offered from ledger.candidate x where x.network_id = _network;
  if ledger.is_spent(offered, newest) then
    select * into offered from ledger.candidate x where x.network_id = _network for update;
    -- Another may have offered a new one meanwhile.
    if ledger.is_spent(offered, newest) then
      update ledger.candidate x
        set generation = newest.generation, size = newest.size, offered_at = clock_timestamp()
        where x.network_id = _network
        returning * into offered;
    end if;
  end if;
  return next offered;
end $$;

-- Whether there is a newer checkpoint to offer and no reason to wait.
create or replace function ledger.is_spent(offered ledger.candidate, newest ledger.checkpoint) returns boolean
language sql stable as $$
  select (newest.generation, newest.size) > (offered.generation, offered.size)
    and (newest.generation > offered.generation
      or offered.offered_at <= clock_timestamp() - interval '30 seconds'
      or exists (select from ledger.checkpoint x where x.network_id = offered.network_id
        and x.generation = offered.generation and x.size = offered.size and x.quorum_at is not null))
$$;

-- Adds a witness's co-signature (verified by the caller) of a checkpoint of the newest origin. True: a quorum has
-- co-signed the checkpoint; null: the policy in force has no such witness. The quorum's checkpoint starts the policy
-- that was proposed last, when it contains the proposal.
create or replace function ledger.add_cosignature(
  _network int, _generation int, _size bigint, _vkey text, _signature bytea
) returns boolean
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  in_force int;
  needed int;
  proposed ledger.witness_policy;
begin
  -- One at a time, so that the last of a quorum sees the others.
  insert into ledger.candidate values (_network, _generation, _size, clock_timestamp())
    on conflict on constraint candidate_pk do nothing;
  perform from ledger.candidate x where x.network_id = _network for update;
  in_force := ledger.policy_in_force(_network);
  needed := ledger.quorum_in_force(_network);
  if not exists (select from ledger.witness x
    where x.network_id = _network and x.version = in_force and x.vkey = _vkey)
  then
    return null;
  end if;
  insert into ledger.cosignature values (_network, _generation, _size, _vkey, _signature, clock_timestamp())
    on conflict on constraint cosignature_pk do nothing;
  if needed = 0 or needed > (select count(*) from ledger.cosignature x
    join ledger.witness w on w.network_id = _network and w.version = in_force and w.vkey = x.vkey
    where x.network_id = _network and x.generation = _generation and x.size = _size)
  then
    return false;
  end if;
  update ledger.checkpoint x set quorum_at = clock_timestamp()
    where x.network_id = _network and x.generation = _generation and x.size = _size and x.quorum_at is null;
  select * into proposed from ledger.witness_policy x where x.network_id = _network order by x.version desc limit 1;
  if proposed.version > in_force and proposed.proposed_index < _size
    and _generation = (select max(x.generation) from ledger.log x where x.network_id = _network)
  then
    perform ledger.start_witness_policy(_network, proposed.version);
  end if;
  return true;
end $$;

revoke execute on function ledger.policy_in_force, ledger.quorum_in_force, ledger.format_witness_policy,
  ledger.start_witness_policy, ledger.propose_witness_policy, ledger.offer_candidate, ledger.is_spent,
  ledger.add_cosignature from public;
grant execute on function ledger.propose_witness_policy, ledger.offer_candidate, ledger.add_cosignature to tally_api;
