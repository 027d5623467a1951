set role tally_poster;

-- An account's posted balance right after an entry: what it is now, less what came later. Its time grows with the
-- entries since, which is what it costs to keep no balance, and no index for it, with each of millions of legs.
create or replace function ledger.balance_as_of(_network int, _account int, _index bigint) returns bigint
language sql stable parallel safe as $$
  select coalesce((
    select a.credits_posted - a.debits_posted from ledger.account a
    where a.network_id = _network and a.account_id = _account
  ), 0) - coalesce((
    select sum(case when l.credit_account = _account then l.points else -l.points end) from ledger.leg l
    where l.network_id = _network and l.entry_index > _index and not l.pending
      and (l.credit_account = _account or l.debit_account = _account)
  ), 0)::bigint
$$;

-- Points of a wallet set aside by holds right after an entry.
create or replace function ledger.held_as_of(_network int, _wallet int, _index bigint) returns bigint
language sql stable parallel safe as $$
  select coalesce(sum(h.points), 0)::bigint from ledger.hold h
  where h.network_id = _network and h.wallet_id = _wallet and h.hold_index <= _index
    and (h.ended_index is null or h.ended_index > _index)
$$;

-- Wallets with something to expire, and holds to time out: what the sweep posts.
create or replace function ledger.due(_network int, _limit int)
returns table (kind text, wallet_id int, hold_uuid uuid)
language sql stable as $$
  (select distinct 'expire', l.wallet_id, null::uuid from ledger.lot l
    where l.network_id = _network and l.open and l.remaining > l.held
      and l.expires_at <= coalesce((select n.clock_at from ledger.network n where n.network_id = _network), now())
    limit _limit)
  union all
  -- What comes back to a closed wallet expires at once.
  (select distinct 'expire', l.wallet_id, null::uuid from ledger.account a
    join ledger.lot l on l.network_id = a.network_id and l.wallet_id = a.account_id and l.open
    where a.network_id = _network and a.closed and l.remaining > l.held
    limit _limit)
  union all
  (select 'time-out', h.wallet_id, t.transaction_uuid from ledger.hold h
    join ledger.transaction t on t.network_id = _network and t.entry_index = h.hold_index
    where h.network_id = _network and h.ended_index is null
      and h.ends_at <= coalesce((select n.clock_at from ledger.network n where n.network_id = _network), now())
    limit _limit)
$$;
