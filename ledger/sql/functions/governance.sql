set role tally_poster;

-- Everything that changes members, rights or rules: each function locks the network's head and writes an entry.
-- Facts are random ids, decimals and ASCII words; never a name.

-- Writes one governance entry under the head lock and answers its index.
create or replace function ledger.write_governance(
  _network int, _event text, _credential int, _facts jsonb
) returns bigint
language plpgsql volatile security definer set search_path = ledger, pg_temp set timezone = 'UTC' as $$
declare
  head ledger.head;
  net ledger.network;
  at timestamptz;
begin
  select * into strict head from ledger.head x where x.network_id = _network for update;
  select * into strict net from ledger.network x where x.network_id = _network;
  at := greatest(coalesce(net.clock_at, clock_timestamp()), head.last_posted_at);
  insert into ledger.governance values (
    _network, head.next_index, at, _event, _credential, _facts, 1,
    ledger.hash_leaf(ledger.format_governance_v1(head.next_index, at, _event, net.network_uuid,
      (select c.credential_uuid from ledger.credential c
       where c.network_id = _network and c.credential_id = _credential), _facts)));
  update ledger.head x set next_index = head.next_index + 1, last_posted_at = at where x.network_id = _network;
  return head.next_index;
end $$;
revoke execute on function ledger.write_governance from public;

create or replace function ledger.open_account(
  _network int, _kind ledger.account_kind, _merchant int, _floor bigint, _uuid uuid default gen_random_uuid()
) returns int
language sql volatile security definer set search_path = ledger, pg_temp as $$
  insert into ledger.account (network_id, account_uuid, kind, merchant_id, floor, lowest_allowed)
  values (_network, _uuid, _kind, _merchant, _floor, _floor)
  returning account_id
$$;
revoke execute on function ledger.open_account from public;

create or replace function ledger.add_merchant(
  _network int, _uuid uuid, _issuing_limit bigint, _house boolean, _credential int
) returns int
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  merchant int := nextval(pg_get_serial_sequence('ledger.merchant', 'merchant_id'));
begin
  -- The head first: whoever writes to a network takes the same lock first.
  perform ledger.write_governance(_network, 'merchant_admitted', _credential, jsonb_build_object(
    'merchant', _uuid, 'issuing_limit', coalesce(_issuing_limit::text, 'none'), 'house', _house::text));
  insert into ledger.merchant overriding system value values (
    _network, merchant, _uuid, _house,
    ledger.open_account(_network, 'float', merchant, -_issuing_limit),
    ledger.open_account(_network, 'accepted', merchant, null),
    ledger.open_account(_network, 'owed', merchant, 0),
    ledger.open_account(_network, 'due', merchant, null),
    false, null);
  return merchant;
end $$;
revoke execute on function ledger.add_merchant from public;

-- A network with its head, price, own accounts and house merchant.
create or replace function ledger.open_network(
  _uuid uuid, _currency text, _currency_digits int, _time_zone text, _point_face_value_minor bigint, _grace_days int,
  _house_uuid uuid, out network_id int, out house_id int
)
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
#variable_conflict use_variable
begin
  insert into ledger.network as n (network_uuid, currency, currency_digits, time_zone, grace_days, created_at)
    values (_uuid, _currency, _currency_digits, _time_zone, _grace_days, clock_timestamp())
    returning n.network_id into network_id;
  insert into ledger.head values (network_id, 0, '-infinity');
  insert into ledger.price values (network_id, 1, _point_face_value_minor, '-infinity',
    ledger.write_governance(network_id, 'network_opened', null, jsonb_build_object(
      'currency', _currency, 'currency_digits', _currency_digits::text, 'time_zone', _time_zone,
      'point_face_value_minor', _point_face_value_minor::text, 'grace_days', _grace_days::text)));
  perform ledger.open_account(network_id, 'bridge', null, 0);
  perform ledger.open_account(network_id, 'fees', null, null);
  perform ledger.open_account(network_id, 'bank', null, null);
  house_id := ledger.add_merchant(network_id, _house_uuid, null, true, null);
end $$;

create or replace function ledger.admit_merchant(
  _network int, _uuid uuid, _issuing_limit bigint, _credential int
) returns int
language sql volatile security definer set search_path = ledger, pg_temp as $$
  select ledger.add_merchant(_network, _uuid, _issuing_limit, false, _credential)
$$;

-- The limit counts from now on: points already out stay good, even above it.
create or replace function ledger.change_issuing_limit(
  _network int, _merchant int, _issuing_limit bigint, _credential int
) returns void
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  m ledger.merchant;
begin
  select * into strict m from ledger.merchant x where x.network_id = _network and x.merchant_id = _merchant;
  perform ledger.write_governance(_network, 'issuing_limit_changed', _credential, jsonb_build_object(
    'merchant', m.merchant_uuid, 'issuing_limit', coalesce(_issuing_limit::text, 'none')));
  update ledger.account x
    set floor = -_issuing_limit,
      lowest_allowed = case when _issuing_limit is not null
        then least(-_issuing_limit, x.credits_posted - x.debits_posted - x.debits_pending) end
    where x.network_id = _network and x.account_id = m.float_account;
end $$;

-- A merchant that left opens nothing new; holds may still be captured, refunds go on, and what it issued stays good.
create or replace function ledger.let_go_merchant(_network int, _merchant int, _credential int) returns void
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  m ledger.merchant;
begin
  perform from ledger.head x where x.network_id = _network for update;
  select * into strict m from ledger.merchant x where x.network_id = _network and x.merchant_id = _merchant;
  if m.left_at is null and not m.house then
    perform ledger.write_governance(_network, 'merchant_let_go', _credential,
      jsonb_build_object('merchant', m.merchant_uuid));
    update ledger.merchant x set left_at = clock_timestamp()
      where x.network_id = _network and x.merchant_id = _merchant;
  end if;
end $$;

create or replace function ledger.register_credential(
  _network int, _uuid uuid, _kind text, _merchant int, _credential int
) returns int
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
#variable_conflict use_variable
declare
  id int;
begin
  perform ledger.write_governance(_network, 'credential_registered', _credential, jsonb_strip_nulls(jsonb_build_object(
    'subject', _uuid, 'subject_kind', _kind,
    'merchant', (select x.merchant_uuid from ledger.merchant x
      where x.network_id = _network and x.merchant_id = _merchant))));
  insert into ledger.credential as c (network_id, credential_uuid, kind, merchant_id)
    values (_network, _uuid, _kind, _merchant)
    returning c.credential_id into id;
  return id;
end $$;

-- From the commit on, no command of this credential is posted.
create or replace function ledger.revoke_credential(_network int, _subject int, _credential int) returns void
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  subject ledger.credential;
begin
  perform from ledger.head x where x.network_id = _network for update;
  select * into strict subject from ledger.credential x where x.network_id = _network and x.credential_id = _subject;
  if subject.revoked_at is null then
    perform ledger.write_governance(_network, 'credential_revoked', _credential,
      jsonb_build_object('subject', subject.credential_uuid));
    update ledger.credential x set revoked_at = clock_timestamp()
      where x.network_id = _network and x.credential_id = _subject;
  end if;
end $$;

-- A wallet for each random id; ids known already answer the wallet they have.
create or replace function ledger.open_wallets(_network int, _uuids uuid[]) returns setof int
language sql volatile security definer set search_path = ledger, pg_temp as $$
  insert into ledger.account (network_id, account_uuid, kind, floor, lowest_allowed)
    select _network, u.id, 'wallet', 0, 0 from unnest(_uuids) with ordinality as u(id, ordinal) order by u.ordinal
    on conflict on constraint account_uuid_once do nothing;
  select a.account_id from unnest(_uuids) with ordinality as u(id, ordinal)
    join ledger.account a on a.network_id = _network and a.account_uuid = u.id and a.kind = 'wallet'
    order by u.ordinal;
$$;

-- A locked wallet receives but does not spend.
create or replace function ledger.lock_wallet(_network int, _wallet int, _locked boolean) returns void
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
begin
  -- Under the head lock, so that a batch under way is before or after it, not both.
  perform from ledger.head x where x.network_id = _network for update;
  update ledger.account x set locked = _locked
    where x.network_id = _network and x.account_id = _wallet and x.kind = 'wallet';
  if not found then raise exception 'network % has no wallet %', _network, _wallet; end if;
end $$;

-- A new version, never a change of an old one.
create or replace function ledger.set_earning_rule(
  _network int, _points_per_currency_unit numeric, _rounding text, _expires_after_months int,
  _daily_max_per_wallet bigint, _min_spend_minor bigint, _multipliers jsonb, _effective_from timestamptz,
  _credential int
) returns int
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  next_version int;
  index bigint;
begin
  perform from ledger.head x where x.network_id = _network for update;
  next_version := 1 + coalesce((select max(x.version) from ledger.earning_rule x where x.network_id = _network), 0);
  index := ledger.write_governance(_network, 'earning_rule_set', _credential, jsonb_build_object(
    'version', next_version::text, 'points_per_currency_unit', _points_per_currency_unit::text, 'rounding', _rounding,
    'expires_after_months', coalesce(_expires_after_months::text, 'never'),
    'daily_max_per_wallet', coalesce(_daily_max_per_wallet::text, 'none'),
    'min_spend_minor', coalesce(_min_spend_minor::text, 'none'),
    -- By its hash: facts are plain words, and the rule itself is in the open.
    'multipliers', coalesce(encode(sha256(convert_to(_multipliers::text, 'UTF8')), 'hex'), 'none'),
    'effective_from', ledger.format_time_v1(_effective_from)));
  insert into ledger.earning_rule values (_network, next_version, _points_per_currency_unit, _rounding,
    _expires_after_months, _daily_max_per_wallet, _min_spend_minor, _multipliers, _effective_from, index,
    clock_timestamp());
  return next_version;
end $$;

-- A merchant's own factor from a time on. The network's bounds on it are the caller's to keep.
create or replace function ledger.set_merchant_multiplier(
  _network int, _merchant int, _factor numeric, _effective_from timestamptz, _credential int
) returns int
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  m ledger.merchant;
  next_version int;
  index bigint;
begin
  perform from ledger.head x where x.network_id = _network for update;
  select * into strict m from ledger.merchant x where x.network_id = _network and x.merchant_id = _merchant;
  next_version := 1 + coalesce((select max(x.version) from ledger.merchant_multiplier x
    where x.network_id = _network and x.merchant_id = _merchant), 0);
  index := ledger.write_governance(_network, 'merchant_multiplier_set', _credential, jsonb_build_object(
    'merchant', m.merchant_uuid, 'version', next_version::text, 'factor', _factor::text,
    'effective_from', ledger.format_time_v1(_effective_from)));
  insert into ledger.merchant_multiplier values (_network, _merchant, next_version, _factor, _effective_from, index);
  update ledger.merchant x set multiplies = true where x.network_id = _network and x.merchant_id = _merchant;
  return next_version;
end $$;

-- What the house merchant gives to whoever joins from now on (0: nothing); answers the entry's index. Versions are kept,
-- and counted, by the caller.
create or replace function ledger.set_enrolment_bonus(
  _network int, _version int, _points bigint, _expires_after_months int, _credential int
) returns bigint
language sql volatile security definer set search_path = ledger, pg_temp as $$
  select ledger.write_governance(_network, 'enrolment_bonus_set', _credential, jsonb_build_object(
    'version', _version::text, 'points', _points::text,
    'expires_after_months', coalesce(_expires_after_months::text, 'never')))
$$;

-- For good: a closed wallet takes part in nothing more, and what is in it, or comes back to it, expires at the next
-- sweep. The log says that a wallet was closed, never whose.
create or replace function ledger.close_wallet(_network int, _wallet int, _credential int) returns void
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  wallet ledger.account;
begin
  perform from ledger.head x where x.network_id = _network for update;
  select * into strict wallet from ledger.account x
    where x.network_id = _network and x.account_id = _wallet and x.kind = 'wallet';
  if not wallet.closed then
    perform ledger.write_governance(_network, 'wallet_closed', _credential,
      jsonb_build_object('wallet', wallet.account_uuid));
    update ledger.account x set closed = true where x.network_id = _network and x.account_id = _wallet;
  end if;
end $$;

-- Erases what staff wrote about a wallet's transactions: text and salt go, so that the hash in the log says nothing.
create or replace function ledger.erase_reasons(_network int, _wallet int) returns void
language sql volatile security definer set search_path = ledger, pg_temp as $$
  delete from ledger.reason r using ledger.transaction t
  where t.network_id = _network and t.wallet_id = _wallet
    and r.network_id = t.network_id and r.entry_index = t.entry_index
$$;

-- The same of transactions that are about somebody besides their wallet's owner.
create or replace function ledger.erase_reasons_of(_network int, _transactions uuid[]) returns void
language sql volatile security definer set search_path = ledger, pg_temp as $$
  delete from ledger.reason r using ledger.transaction t
  where t.network_id = _network and t.transaction_uuid = any (_transactions)
    and r.network_id = t.network_id and r.entry_index = t.entry_index
$$;

-- Nobody else posts to the network until the transaction ends; one that does nothing meanwhile is ended.
create or replace function ledger.lock_head(_network int) returns void
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  head ledger.head;
begin
  select * into strict head from ledger.head x where x.network_id = _network for update;
  perform set_config('idle_in_transaction_session_timeout', '5s', true);
end $$;

-- The audit trail of a day (UTC), by its count and digest (hex), so that it can't be changed afterwards unseen.
create or replace function ledger.record_audit_digest(_network int, _day date, _events bigint, _digest text) returns bigint
language sql volatile security definer set search_path = ledger, pg_temp as $$
  select ledger.write_governance(_network, 'audit_digest', null,
    jsonb_build_object('day', to_char(_day, 'YYYY-MM-DD'), 'events', _events::text, 'digest', _digest))
$$;

-- The same of what the deployment's operator did outside any network: it is in the log of each; answers the index.
create or replace function ledger.record_deployment_digest(_network int, _day date, _events bigint, _digest text)
returns bigint
language sql volatile security definer set search_path = ledger, pg_temp as $$
  select ledger.write_governance(_network, 'audit_digest', null, jsonb_build_object(
    'trail', 'deployment', 'day', to_char(_day, 'YYYY-MM-DD'), 'events', _events::text, 'digest', _digest))
$$;

-- A network with a clock of its own: for scenarios, and for a demonstration's history. Forward only; null goes back to
-- the server's clock for good. Not for the API's role.
create or replace function ledger.set_clock(_network int, _at timestamptz) returns void
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  head ledger.head;
  net ledger.network;
begin
  select * into strict head from ledger.head x where x.network_id = _network for update;
  select * into strict net from ledger.network x where x.network_id = _network;
  if net.clock_at is null and _at is not null and exists (select from ledger.transaction x where x.network_id = _network)
  then
    raise exception 'network % runs on the server''s clock and has transactions', _network;
  end if;
  update ledger.network x set clock_at = _at where x.network_id = _network;
  -- Before the first transaction the clock may also go back to where the history is to begin.
  if not exists (select from ledger.transaction x where x.network_id = _network) then
    update ledger.head x set last_posted_at = '-infinity' where x.network_id = _network;
  elsif _at < head.last_posted_at then
    raise exception 'the clock of network % goes forward only', _network;
  end if;
end $$;
revoke execute on function ledger.set_clock from public;

-- Removes QRs that can't be presented any more: a late purchase is at most 7 days old, and a day is added.
create or replace function ledger.forget_spent_qrs(_network int) returns void
language sql volatile security definer set search_path = ledger, pg_temp as $$
  delete from ledger.spent_qr x where x.network_id = _network and x.expires_at < clock_timestamp() - interval '8 days'
$$;
