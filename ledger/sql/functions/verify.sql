set role tally_poster;

-- Entries of the log from one index to before another, rebuilt from their rows as ledger.entry does, but many at once.
-- An index without a row is missing here; with the leaf hash that is stored for it.
create or replace function ledger.entries(_network int, _from bigint, _until bigint)
returns table (entry_index bigint, leaf_hash bytea, entry text)
language sql stable parallel safe as $$
  select t.entry_index, t.leaf_hash, case t.format when 1 then ledger.format_transaction_v1(t, n.network_uuid,
      m.merchant_uuid, w.account_uuid, r.account_uuid, c.credential_uuid, s.credential_uuid, a.credential_uuid,
      ledger.format_time_v1(t.posted_at), coalesce(legs.text, ''), coalesce(lots.text, ''), coalesce(moves.text, '')) end
    from ledger.transaction t
    join ledger.network n on n.network_id = t.network_id
    left join ledger.merchant m on m.network_id = t.network_id and m.merchant_id = t.merchant_id
    left join ledger.account w on w.network_id = t.network_id and w.account_id = t.wallet_id
    left join ledger.account r on r.network_id = t.network_id and r.account_id = t.to_wallet_id
    left join ledger.credential c on c.network_id = t.network_id and c.credential_id = t.credential_id
    left join ledger.credential s on s.network_id = t.network_id and s.credential_id = t.staff_id
    left join ledger.credential a on a.network_id = t.network_id and a.credential_id = t.approver_id
    left join lateral (
      select string_agg(ledger.format_leg_v1(l.points, k.account_uuid, d.account_uuid, l.pending), ','
        order by l.ordinal) as text
      from ledger.leg l
      join ledger.account d on d.network_id = l.network_id and d.account_id = l.debit_account
      join ledger.account k on k.network_id = l.network_id and k.account_id = l.credit_account
      where l.network_id = t.network_id and l.entry_index = t.entry_index
    ) legs on true
    left join lateral (
      select string_agg(ledger.format_lot_v1(ledger.format_time_v1(l.expires_at), x.merchant_uuid, l.ordinal, l.points,
        l.price_version, o.account_uuid), ',' order by l.ordinal) as text
      from ledger.lot l
      join ledger.merchant x on x.network_id = l.network_id and x.merchant_id = l.issuer_id
      join ledger.account o on o.network_id = l.network_id and o.account_id = l.wallet_id
      where l.network_id = t.network_id and l.entry_index = t.entry_index
    ) lots on true
    left join lateral (
      select string_agg(ledger.format_move_v1(coalesce(l.held, 0), l.leg, l.lot_index, l.lot_ordinal, l.points), ','
        order by l.ordinal) as text
      from ledger.lot_move l
      where l.network_id = t.network_id and l.entry_index = t.entry_index
    ) moves on true
    where t.network_id = _network and t.entry_index >= _from and t.entry_index < _until
  union all
  select g.entry_index, g.leaf_hash, case g.format when 1 then ledger.format_governance_v1(g.entry_index, g.posted_at,
      g.event, n.network_uuid, c.credential_uuid, g.facts) end
    from ledger.governance g
    join ledger.network n on n.network_id = g.network_id
    left join ledger.credential c on c.network_id = g.network_id and c.credential_id = g.credential_id
    where g.network_id = _network and g.entry_index >= _from and g.entry_index < _until
  order by 1
$$;
grant execute on function ledger.entries to tally_api;
