set role tally_poster;

-- The log's entries, format 1: canonical JSON (RFC 8785: sorted keys, no spaces, numbers as decimal strings), ASCII
-- only, made of immutable columns alone. A later format gets functions of its own; these never change.
-- (They are `stable`, as casts to text are, so that the planner can inline them.)

-- As they were called before.
drop function if exists ledger.format_lot_v1(timestamptz, uuid, smallint, bigint, smallint, uuid);
drop function if exists ledger.format_transaction_v1(
  ledger.transaction, uuid, uuid, uuid, uuid, uuid, uuid, uuid, text, text, text);

create or replace function ledger.format_time_v1(t timestamptz) returns text
language sql stable parallel safe as $$
  select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

create or replace function ledger.format_leg_v1(amount bigint, credit uuid, debit uuid, pending boolean) returns text
language sql stable parallel safe as $$
  select '{"amount":"' || amount || '","credit":"' || credit || '","debit":"' || debit
    || case when pending then '","pending":"true"}' else '"}' end
$$;

-- A lot is named by the index of the entry that made it and its ordinal there.
create or replace function ledger.format_lot_v1(
  expires_at text, issuer uuid, ordinal smallint, points bigint, price smallint, wallet uuid
) returns text
language sql stable parallel safe as $$
  select '{' || coalesce('"expires_at":"' || expires_at || '",', '')
    || '"issuer":"' || issuer || '","ordinal":"' || ordinal || '","points":"' || points
    || '","price":"' || price || '","wallet":"' || wallet || '"}'
$$;

create or replace function ledger.format_move_v1(
  held bigint, leg smallint, lot_index bigint, lot_ordinal smallint, points bigint
) returns text
language sql stable parallel safe as $$
  select '{"held":"' || held || '"' || coalesce(',"leg":"' || leg || '"', '')
    || ',"lot":"' || lot_index || '.' || lot_ordinal || '","points":"' || points || '"}'
$$;

-- The entry of a transaction; legs, lots and moves are the texts above, comma-separated, in order of their ordinals.
-- No entry (null), rather than one that leaves out what each has. One expression, so that PostgreSQL makes it part of
-- the caller's (where no argument is a subquery), and by `format`, which costs half of what `concat` or `||` do.
create or replace function ledger.format_transaction_v1(
  t ledger.transaction, network uuid, merchant uuid, wallet uuid, receiver uuid,
  credential uuid, staff uuid, approver uuid, posted_at text, legs text, lots text, moves text
) returns text
language sql stable parallel safe as $$
  select case when num_nulls(network, wallet, legs, lots, moves) = 0 then format(
    '{%s%s"available_after":"%s"%s%s,"day":%s%s'
    '%s%s,"format":"1","id":"%s","index":"%s"%s,"kind":"%s","legs":[%s]%s'
    '%s%s%s,"network":"%s","occurred_at":"%s","points":"%s"'
    ',"posted_at":"%s","price":"%s"%s%s%s%s'
    '%s%s%s%s,"wallet":"%s"}',
    '"amount_minor":"' || t.amount_minor || '",',
    '"approver":"' || approver || '",',
    t.available_after,
    ',"content":"' || t.content_hash || '"',
    ',"credential":"' || credential || '"',
    to_json(t.day),
    ',"eligible_minor":"' || t.eligible_minor || '"',

    ',"ends_at":"' || ledger.format_time_v1(t.ends_at) || '"',
    ',"factor":"' || t.factor || '"',
    t.transaction_uuid,
    t.entry_index,
    ',"key":"' || encode(t.key_hash, 'hex') || '"',
    t.kind,
    legs,
    ',"lots":[' || nullif(lots, '') || ']',

    ',"merchant":"' || merchant || '"',
    ',"money_minor":"' || t.money_minor || '"',
    ',"moves":[' || nullif(moves, '') || ']',
    network,
    ledger.format_time_v1(t.occurred_at),
    t.points,

    posted_at,
    t.price_version,
    ',"reason":"' || encode(t.reason_hash, 'hex') || '"',
    ',"receiver":"' || receiver || '"',
    ',"redeemed_points":"' || t.redeemed_points || '"',
    ',"reference":"' || encode(t.reference_hash, 'hex') || '"',

    ',"rule":"' || t.rule_version || '"',
    ',"series":"' || t.series_hash || '"',
    ',"staff":"' || staff || '"',
    ',"target":"' || t.target_index || '"',
    wallet) end
$$;

-- The entry of a governance event: its facts are plain ASCII strings.
create or replace function ledger.format_governance_v1(
  entry_index bigint, posted_at timestamptz, event text, network uuid, credential uuid, facts jsonb
) returns text
language sql stable parallel safe as $$
  select '{' || string_agg(to_json(fact.key) || ':' || to_json(fact.value), ',' order by fact.key collate "C") || '}'
  from (
    select f.key, f.value from jsonb_each_text(facts) f where f.value is not null
    union all
    select d.key, d.value from (values
      ('credential', credential::text), ('event', event), ('format', '1'), ('index', entry_index::text),
      ('kind', 'governance'), ('network', network::text), ('posted_at', ledger.format_time_v1(posted_at))
    ) d (key, value) where d.value is not null
  ) fact
$$;

-- Leaf hash, RFC 6962 section 2.1: SHA-256(0x00 || entry).
create or replace function ledger.hash_leaf(entry text) returns bytea
language sql stable parallel safe as $$
  select sha256('\x00'::bytea || convert_to(entry, 'UTF8'))
$$;

-- One entry of the log, rebuilt from its rows; null where the log has none. Its hash is the stored leaf_hash.
create or replace function ledger.entry(_network int, _index bigint) returns text
language plpgsql stable parallel safe
-- Every look-up is by key: planning anew for each entry costs as much as making it.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  t ledger.transaction;
  g ledger.governance;
  network uuid := (select n.network_uuid from ledger.network n where n.network_id = _network);
  merchant uuid;
  wallet uuid;
  receiver uuid;
  credential uuid;
  staff uuid;
  approver uuid;
  legs text;
  lots text;
  moves text;
begin
  select * into t from ledger.transaction x where x.network_id = _network and x.entry_index = _index;
  if not found then
    select * into g from ledger.governance x where x.network_id = _network and x.entry_index = _index;
    if not found then return null; end if;
    return ledger.format_governance_v1(g.entry_index, g.posted_at, g.event, network,
      (select c.credential_uuid from ledger.credential c
       where c.network_id = _network and c.credential_id = g.credential_id),
      g.facts);
  end if;
  select coalesce(string_agg(ledger.format_leg_v1(l.points, k.account_uuid, d.account_uuid, l.pending), ','
      order by l.ordinal), '')
    into legs
    from ledger.leg l
    join ledger.account d on d.network_id = _network and d.account_id = l.debit_account
    join ledger.account k on k.network_id = _network and k.account_id = l.credit_account
    where l.network_id = _network and l.entry_index = _index;
  select coalesce(string_agg(ledger.format_lot_v1(ledger.format_time_v1(l.expires_at), m.merchant_uuid, l.ordinal,
      l.points, l.price_version, w.account_uuid), ',' order by l.ordinal), '')
    into lots
    from ledger.lot l
    join ledger.merchant m on m.network_id = _network and m.merchant_id = l.issuer_id
    join ledger.account w on w.network_id = _network and w.account_id = l.wallet_id
    where l.network_id = _network and l.entry_index = _index;
  select coalesce(string_agg(ledger.format_move_v1(coalesce(l.held, 0), l.leg, l.lot_index, l.lot_ordinal, l.points),
      ',' order by l.ordinal), '')
    into moves
    from ledger.lot_move l
    where l.network_id = _network and l.entry_index = _index;
  select
      (select m.merchant_uuid from ledger.merchant m where m.network_id = _network and m.merchant_id = t.merchant_id),
      (select a.account_uuid from ledger.account a where a.network_id = _network and a.account_id = t.wallet_id),
      (select a.account_uuid from ledger.account a where a.network_id = _network and a.account_id = t.to_wallet_id),
      (select c.credential_uuid from ledger.credential c
       where c.network_id = _network and c.credential_id = t.credential_id),
      (select c.credential_uuid from ledger.credential c
       where c.network_id = _network and c.credential_id = t.staff_id),
      (select c.credential_uuid from ledger.credential c
       where c.network_id = _network and c.credential_id = t.approver_id)
    into merchant, wallet, receiver, credential, staff, approver;
  return ledger.format_transaction_v1(
    t, network, merchant, wallet, receiver, credential, staff, approver, ledger.format_time_v1(t.posted_at),
    legs, lots, moves);
end $$;

-- Points that a rule gives for an amount: exact decimals, no floats. Null for factor: 1. At most 2^62: beyond what an
-- amount may be it does not matter by how much.
create or replace function ledger.points_for(
  rule ledger.earning_rule, factor numeric, currency_digits smallint, amount_minor bigint
) returns bigint
language sql immutable parallel safe as $$
  select case when amount_minor < rule.min_spend_minor then 0 else least(2 ^ 62::numeric, case rule.rounding
    when 'down' then floor(
      amount_minor * rule.points_per_currency_unit * coalesce(factor, 1) / 10 ^ currency_digits::numeric)
    when 'up' then ceil(
      amount_minor * rule.points_per_currency_unit * coalesce(factor, 1) / 10 ^ currency_digits::numeric)
    else round(
      amount_minor * rule.points_per_currency_unit * coalesce(factor, 1) / 10 ^ currency_digits::numeric)
  end)::bigint end
$$;

-- The best of a rule's multipliers that apply at a local time in a shop; null where none does. ISO weekdays (1: Monday);
-- a window from 22:00 until 02:00 goes over midnight and counts by the weekday it is.
create or replace function ledger.factor_for(multipliers jsonb, merchant uuid, at_local timestamp) returns numeric
language sql stable parallel safe as $$
  select max(m.factor)
  from jsonb_to_recordset(multipliers) as m(factor numeric, weekdays jsonb, "from" time, until time, merchants jsonb)
  where (m.weekdays is null or m.weekdays @> to_jsonb(extract(isodow from at_local)::int))
    and (m.merchants is null or m.merchants ? merchant::text)
    and case
      when m."from" is null or m.until is null then true
      when m."from" <= m.until then at_local::time >= m."from" and at_local::time < m.until
      else at_local::time >= m."from" or at_local::time < m.until
    end
$$;
