set role tally_poster;

-- Posts a batch of commands to one network, strictly one after another, and answers each: posted, replayed or refused.
--
-- It is one long function because it must hold the batch's state (accounts, rows to insert) in variables: that is what
-- makes one UPDATE per account and one INSERT per table and batch out of hundreds of commands. It reads like this:
--   lock the head; read the accounts
--   for each command:  0 an everyday purchase? new, or assumed to be? then at once what 1 to 7 come to
--                      1 replay?  2 refuse?  3 decide (by kind): legs, lots used, points that enter a wallet
--                      4 points that enter become lots and repay debts  5 apply legs
--                      6 write down the transaction and what hangs on it  7 the log's entry
--   write what is gathered
-- Lots, holds, debts and counters are read and changed in their tables at once; accounts live in acc_* until the end.
-- A refusal is decided before anything is changed, so a refused command never spoils its neighbours.
-- Balances: available = credits_posted - debits_posted - debits_pending; below 0 a wallet is in debt by that much, and
-- then it has no free lots (see step 4).
-- `assume_new`: an everyday purchase is not looked for by its key and its receipt number, for it nearly always is new.
-- Where it isn't, it meets a unique index of ledger.transaction, and `post` does the whole batch again, looking.
create or replace function ledger.post_batch(_network int, commands ledger.command[], assume_new boolean)
returns setof ledger.answer
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
  head ledger.head;
  net record;
  rule ledger.earning_rule;
  rule_from timestamptz;
  rule_until timestamptz;
  given_by ledger.earning_rule;
  factor numeric;
  c record;
  t ledger.transaction;
  target ledger.transaction;
  h ledger.hold;
  l record;
  d record;
  at timestamptz;
  at_text text;
  answer ledger.answer;
  -- Accounts in use, by position.
  acc_id int[] := '{}';
  acc_uuid uuid[];
  acc_dp bigint[];
  acc_cp bigint[];
  acc_dh bigint[];
  acc_ch bigint[];
  acc_floor bigint[];
  acc_lowest bigint[];
  acc_locked boolean[];
  acc_closed boolean[];
  acc_is_wallet boolean[];
  missing int[];
  -- Rows to insert.
  new_transactions ledger.transaction[] := '{}';
  new_legs ledger.leg[] := '{}';
  new_lots ledger.lot[] := '{}';
  new_moves ledger.lot_move[] := '{}';
  -- Whether two commands of the batch have one key or one receipt number, which is rare.
  twins boolean;
  seen_keys bytea[] := '{}';
  seen_references bytea[] := '{}';
  -- When what is bought on a day by a rule expires.
  expiry_day date;
  expiry_rule int;
  expiry timestamptz;
  expiry_text text;
  -- The command at hand.
  code text;
  w int;
  r int;
  a int;
  b int;
  wallet int;
  receiver int;
  merchant ledger.merchant;
  free bigint;
  owing bigint;
  left_over bigint;
  take bigint;
  give bigint;
  give_points bigint;
  give_expiry timestamptz;
  money bigint;
  eligible bigint;
  refunded bigint;
  given_back bigint;
  taken_back bigint;
  basis_minor numeric;
  release bigint;
  is_payment boolean;
  is_gain boolean;
  everyday boolean;
  available bigint;
  -- 2^53 - 1: what a JSON integer carries exactly.
  amount_max constant bigint := 9007199254740991;
  -- An entry stays below 64 KiB, and nobody waits long behind the head lock. What a hold sets aside may be freed and
  -- repay debts, which takes two moves a lot.
  lots_max constant int := 1200;
  held_lots_max constant int := 500;
  expired_lots_max constant int := 300;
  alike_above constant int := 150;
  missing_points bigint;
  skip bigint;
  kept_minor bigint;
  first_repayment int;
  first_move int;
  k int;
  entry text;
  -- Days are the network's local days: of the shop's time for what a purchase earns and for receipts, of the posting
  -- for what is taken (a ceiling must not be got round by naming another day).
  local_day date;
  taking_day date;
  counted bigint;
  enter_leg smallint;
  chunk bigint;
  leg_debit int[];
  leg_credit int[];
  leg_points bigint[];
  leg_pending boolean;
  move_index bigint[] := '{}';
  move_ordinal smallint[] := '{}';
  move_points bigint[] := '{}';
  move_held bigint[] := '{}';
  move_leg smallint[] := '{}';
  -- Points entering a wallet, piece by piece; enter_index is null where the piece becomes a new lot.
  enter_points bigint[];
  enter_issuer int[];
  enter_expires timestamptz[];
  enter_price smallint[];
  enter_index bigint[];
  enter_ordinal smallint[];
  enter_held boolean;
  issuer_uuid uuid;
  lot_ordinal smallint;
  legs_text text;
  lots_text text;
  moves_text text;
  piece bigint;
begin
  select * into strict head from ledger.head x where x.network_id = _network for update;
  -- Only now, under the lock, is what it orders read.
  select x.*, p.version as price, p.point_face_value_minor as face into strict net
    from ledger.network x cross join lateral (
      select * from ledger.price p
      where p.network_id = _network
        and p.effective_from <= greatest(coalesce(x.clock_at, clock_timestamp()), head.last_posted_at)
      order by p.version desc limit 1
    ) p
    where x.network_id = _network;
  -- One time for the whole batch.
  at := greatest(coalesce(net.clock_at, clock_timestamp()), head.last_posted_at);
  at_text := ledger.format_time_v1(at);
  taking_day := (at at time zone net.time_zone)::date;
  with asked as (
    select q.key_hash, q.reference_hash, q.wallet_id, q.receiver_id, q.merchant_id from unnest(commands) q
  ), merchants as (
    select m.* from (select distinct q.merchant_id from asked q) q
    cross join lateral (select * from ledger.merchant m
      where m.network_id = _network and m.merchant_id = q.merchant_id limit 1) m
  ), wanted as (
    -- Those that every command needs come first, and so are found first. (Where a command names a merchant's account as
    -- a wallet it is there twice; the second stays as it was read, and what is as it was is not updated.)
    select m.float_account as id from merchants m union all select m.accepted_account from merchants m
    union all (select q.wallet_id from asked q union select q.receiver_id from asked q)
  )
  select (select count(distinct q.key_hash) < count(q.key_hash)
        or count(distinct q.reference_hash) < count(q.reference_hash) from asked q),
      coalesce(array_agg(x.account_id), '{}'), array_agg(x.account_uuid), array_agg(x.debits_posted),
      array_agg(x.credits_posted), array_agg(x.debits_pending), array_agg(x.credits_pending), array_agg(x.floor),
      array_agg(x.lowest_allowed), array_agg(x.locked), array_agg(x.closed), array_agg(x.kind = 'wallet')
    into twins, acc_id, acc_uuid, acc_dp, acc_cp, acc_dh, acc_ch, acc_floor, acc_lowest, acc_locked, acc_closed,
      acc_is_wallet
    from wanted q cross join lateral (select * from ledger.account x
      where x.network_id = _network and x.account_id = q.id limit 1) x;

  for c in
    select q.*, q.ordinality as ordinal,
        null::bigint as known_index, null::uuid as receipt_uuid,
        credential.credential_uuid, credential.kind as credential_kind, credential.merchant_id as credential_merchant,
        credential.credential_id is not null and credential.revoked_at is null as credential_good,
        case when q.staff_id is not null then (select x.credential_uuid from ledger.credential x
          where x.network_id = _network and x.credential_id = q.staff_id and x.revoked_at is null) end as staff_uuid,
        case when q.approver_id is not null then (select x.credential_uuid from ledger.credential x
          where x.network_id = _network and x.credential_id = q.approver_id and x.revoked_at is null
            and x.kind = 'person') end as approver_uuid,
        q.kind in ('capture', 'void', 'time-out', 'reverse') as has_target, false as twin, false as same_receipt
      from unnest(commands) with ordinality q
      left join lateral (select * from ledger.credential x
        where x.network_id = _network and x.credential_id = q.credential_id limit 1) credential on true
      order by q.ordinality
  loop
    -- Twins in one batch: what is known of the first is not in the tables yet.
    if twins then
      c.twin := c.key_hash is not null and array_position(seen_keys, c.key_hash) is not null;
      seen_keys := seen_keys || c.key_hash;
      c.same_receipt := c.reference_hash is not null and array_position(seen_references, c.reference_hash) is not null;
      seen_references := seen_references || c.reference_hash;
    end if;
    -- What many commands in a row have in common is not read again: the merchant (where only a target has one, it comes
    -- with that) and the rule in force at the time (a sale older than every rule, an import, goes by the first).
    if c.merchant_id is distinct from merchant.merchant_id and not (c.has_target and c.merchant_id is null) then
      select * into merchant from ledger.merchant x where x.network_id = _network and x.merchant_id = c.merchant_id;
    end if;
    c.occurred_at := coalesce(c.occurred_at, at);
    if c.by_rule and (rule.version is null or c.occurred_at < rule_from or c.occurred_at >= rule_until) then
      select x as rule, (select min(y.effective_from) from ledger.earning_rule y
          where y.network_id = _network and y.effective_from > c.occurred_at) as until
        into d
        from ledger.earning_rule x where x.network_id = _network
        order by x.effective_from > c.occurred_at,
          case when x.effective_from > c.occurred_at then x.effective_from end,
          x.effective_from desc, x.version desc
        limit 1;
      if found then
        rule := d.rule;
        rule_from := case when rule.effective_from > c.occurred_at then '-infinity' else rule.effective_from end;
        rule_until := coalesce(d.until, 'infinity');
      end if;
    end if;

    -- 0. Most commands are purchases about which nothing is special. Steps 1 to 7 would come to the same
    -- (tests/ledger/everyday.test.ts), but their many expressions are made ready anew in each database transaction: to
    -- pass them by saves a seventh of a batch's time, and to assume that all is new a sixteenth more.
    w := array_position(acc_id, c.wallet_id);
    everyday := c.kind = 'issue' and c.by_rule and c.amount_minor >= 0 and c.eligible_minor is null
      and num_nulls(c.redeem_points, c.redeem_minor, c.qr_hash, c.counters, c.receiver_id, c.approver_id, c.reason) = 7
      and c.refusal is null and not c.twin and not c.same_receipt
      and c.credential_good and coalesce(c.credential_merchant, c.merchant_id) = c.merchant_id
      and (c.staff_id is null or c.staff_uuid is not null) and merchant.left_at is null and not merchant.multiplies
      and c.occurred_at between at - interval '7 days' and at + interval '5 minutes'
      and rule.version is not null and rule.multipliers is null and rule.daily_max_per_wallet is null
      and acc_is_wallet[w] and not acc_closed[w]
      and acc_cp[w] - acc_dp[w] - acc_dh[w] >= 0 and acc_lowest[w] = acc_floor[w];
    if everyday then
      give := ledger.points_for(rule, null, net.currency_digits, c.amount_minor);
      a := array_position(acc_id, merchant.float_account);
      everyday := coalesce(acc_cp[a] - acc_dp[a] - give >= acc_floor[a], true)
        and greatest(give, acc_cp[w] - acc_dp[w] + give, acc_dp[a] - acc_cp[a] + give) <= amount_max;
    end if;

    if (everyday and assume_new) is not true then
      -- What is gathered must be in the tables before it is looked for there.
      if c.twin or c.same_receipt or c.has_target then
        insert into ledger.transaction select * from unnest(new_transactions);
        insert into ledger.leg select * from unnest(new_legs);
        insert into ledger.lot_move select * from unnest(new_moves);
        new_transactions := '{}';
        new_legs := '{}';
        new_moves := '{}';
      end if;
      select (select x.entry_index from ledger.transaction x
            where x.network_id = _network and x.key_hash = c.key_hash),
          (select x.transaction_uuid from ledger.transaction x
            where x.network_id = _network and x.reference_hash = c.reference_hash
              and x.series_hash + (x.day - date '2000-01-01')
                = c.series_hash + ((c.occurred_at at time zone net.time_zone)::date - date '2000-01-01'))
        into c.known_index, c.receipt_uuid;
      everyday := everyday and c.known_index is null and c.receipt_uuid is null;
    end if;

    if everyday then
      local_day := (c.occurred_at at time zone net.time_zone)::date;
      legs_text := '';
      lots_text := '';
      if give > 0 then
        acc_dp[a] := acc_dp[a] + give;
        acc_cp[w] := acc_cp[w] + give;
        if (local_day, rule.version) is distinct from (expiry_day, expiry_rule) then
          expiry_day := local_day;
          expiry_rule := rule.version;
          expiry := (local_day + 1 + make_interval(months => rule.expires_after_months))::timestamp
            at time zone net.time_zone;
          expiry_text := ledger.format_time_v1(expiry);
        end if;
        new_legs := new_legs
          || row(head.next_index, give, _network, merchant.float_account, c.wallet_id, 0, false)::ledger.leg;
        new_lots := new_lots || row(head.next_index, expiry, give, give, 0, _network, c.wallet_id, c.merchant_id,
          0, net.price, true)::ledger.lot;
        legs_text := ledger.format_leg_v1(give, acc_uuid[w], acc_uuid[a], false);
        lots_text := ledger.format_lot_v1(
          expiry_text, merchant.merchant_uuid, 0::smallint, give, net.price, acc_uuid[w]);
      end if;
      available := acc_cp[w] - acc_dp[w] - acc_dh[w];
      -- (The row is there twice, without its hash and with it: of a row that is written out PostgreSQL takes the fields
      -- as they are, where it would look for each in a variable. That saves a twentieth of a batch's time.)
      entry := ledger.format_transaction_v1(
        row(head.next_index, at, c.occurred_at, give, available, null, null, c.amount_minor,
          null, null, null, c.content_hash, c.series_hash, c.transaction_uuid, _network, c.kind, c.merchant_id,
          c.wallet_id, null, c.credential_id, c.staff_id, null, rule.version, null, local_day, net.price, 1,
          null, c.key_hash, c.reference_hash, null)::ledger.transaction,
        net.network_uuid, merchant.merchant_uuid, acc_uuid[w], null, c.credential_uuid, c.staff_uuid, null, at_text,
        legs_text, lots_text, '');
      new_transactions := new_transactions
        || row(head.next_index, at, c.occurred_at, give, available, null, null, c.amount_minor,
          null, null, null, c.content_hash, c.series_hash, c.transaction_uuid, _network, c.kind, c.merchant_id,
          c.wallet_id, null, c.credential_id, c.staff_id, null, rule.version, null, local_day, net.price, 1,
          ledger.hash_leaf(entry), c.key_hash, c.reference_hash, null)::ledger.transaction;
      return next row(c.ordinal, 'posted', null, c.transaction_uuid, head.next_index, c.kind, at, give,
        0, c.amount_minor, available)::ledger.answer;
      head.next_index := head.next_index + 1;
      continue;
    end if;

    if (c.kind <> 'issue' or c.redeem_points is not null or c.redeem_minor is not null) and new_lots <> '{}' then
      insert into ledger.lot select * from unnest(new_lots);
      new_lots := '{}';
    end if;

    -- 1. A replay is a replay before anything that ages.
    if c.known_index is not null then
      select * into t from ledger.transaction x where x.network_id = _network and x.entry_index = c.known_index;
      if t.content_hash is distinct from c.content_hash then
        answer := row(c.ordinal, 'refused', 'idempotency_key_reused', null, null, null, null, null, null, null, null);
      else
        answer := row(c.ordinal, 'replayed', null, t.transaction_uuid, t.entry_index, t.kind, t.posted_at, t.points,
          coalesce(t.redeemed_points, 0), coalesce(t.money_minor, t.amount_minor, 0), t.available_after);
      end if;
      return next answer;
      continue;
    end if;

    -- 2. What holds for every kind.
    code := c.refusal;
    if c.credential_id is not null and not c.credential_good or c.staff_id is not null and c.staff_uuid is null then
      code := 'credential_revoked';
    end if;
    wallet := c.wallet_id;
    receiver := c.receiver_id;
    if c.has_target then
      select * into target from ledger.transaction x
        where x.network_id = _network and x.transaction_uuid = c.target_uuid;
      if not found or (c.kind <> 'time-out' and target.merchant_id is distinct from c.merchant_id)
        or (c.kind <> 'reverse' and target.kind <> 'hold')
      then
        code := coalesce(code, 'not_found');
      else
        wallet := target.wallet_id;
        c.merchant_id := target.merchant_id;
        if c.merchant_id is distinct from merchant.merchant_id then
          select * into merchant from ledger.merchant x
            where x.network_id = _network and x.merchant_id = c.merchant_id;
        end if;
        if c.kind <> 'reverse' then
          select * into h from ledger.hold x where x.network_id = _network and x.hold_index = target.entry_index;
        end if;
      end if;
    end if;

    -- Accounts not read yet: those of a target, of issuers, of merchants that are owed.
    w := array_position(acc_id, wallet);
    r := null;
    if receiver is not null then
      r := array_position(acc_id, receiver);
    end if;
    if c.has_target or c.kind in ('expire', 'gift')
      or acc_cp[w] - acc_dp[w] - acc_dh[w] < 0
    then
      missing := array[wallet, merchant.float_account, merchant.accepted_account, merchant.owed_account] || array(
        select unnest(array[m.float_account, m.accepted_account, m.owed_account]) from (
          select x.issuer_id as id from ledger.lot x
            where c.kind = 'expire' and x.network_id = _network and x.wallet_id = wallet and x.open
              and (x.expires_at <= clock_timestamp() or net.clock_at is not null or acc_closed[w] is not false)
          union select x.merchant_id from ledger.debt x
            where x.network_id = _network and x.wallet_id in (wallet, receiver) and x.remaining > 0
        ) q join ledger.merchant m on m.network_id = _network and m.merchant_id = q.id);
      select acc_id || array_agg(x.account_id), acc_uuid || array_agg(x.account_uuid),
          acc_dp || array_agg(x.debits_posted), acc_cp || array_agg(x.credits_posted),
          acc_dh || array_agg(x.debits_pending), acc_ch || array_agg(x.credits_pending),
          acc_floor || array_agg(x.floor), acc_lowest || array_agg(x.lowest_allowed),
          acc_locked || array_agg(x.locked), acc_closed || array_agg(x.closed),
          acc_is_wallet || array_agg(x.kind = 'wallet')
        into acc_id, acc_uuid, acc_dp, acc_cp, acc_dh, acc_ch, acc_floor, acc_lowest, acc_locked, acc_closed,
          acc_is_wallet
        from ledger.account x
        where x.network_id = _network and x.account_id = any (missing) and not x.account_id = any (acc_id);
      w := array_position(acc_id, wallet);
    end if;
    free := acc_cp[w] - acc_dp[w] - acc_dh[w];
    is_payment := c.kind in ('redeem', 'hold') or c.redeem_points is not null or c.redeem_minor is not null;
    is_gain := c.kind in ('issue', 'goodwill');
    local_day := (c.occurred_at at time zone net.time_zone)::date;

    if code is not null then
      null;
    elsif not coalesce(acc_is_wallet[w], false) or c.kind = 'gift' and not coalesce(acc_is_wallet[r], false)
      or merchant.merchant_id is null and c.kind not in ('gift', 'expire')
      or c.credential_merchant <> merchant.merchant_id
    then
      code := 'not_found';
    elsif merchant.left_at is not null and (is_gain or is_payment or c.kind = 'adjust') then
      code := 'merchant_left';
    elsif acc_closed[w] and (is_gain or is_payment or c.kind in ('gift', 'adjust')) or acc_closed[r] then
      code := 'wallet_closed';
    elsif acc_locked[w] and (is_payment or c.kind = 'gift') then
      code := 'wallet_locked';
    elsif c.occurred_at > at + interval '5 minutes'
      or (c.occurred_at < at - interval '7 days' and c.credential_kind is distinct from 'import')
    then
      code := 'occurred_at_out_of_range';
    elsif c.receipt_uuid is not null then
      code := 'reference_reused';
    elsif c.qr_hash is not null then
      -- A sale sent late (an offline queue) is judged by the shop's time; taking points never is late.
      code := case
        when exists (select from ledger.spent_qr x where x.network_id = _network and x.qr_hash = c.qr_hash)
          then 'qr_already_used'
        when (case when is_payment then at else c.occurred_at end) > c.qr_expires_at + interval '30 seconds'
          then 'qr_expired'
        when (case when is_payment then at else c.occurred_at end) < c.qr_issued_at - interval '30 seconds'
          then 'qr_not_yet_valid'
      end;
    end if;

    -- 3. Decide by kind. Lots used come off `free` points; left_over is what still has to be found.
    leg_debit := '{}';
    leg_credit := '{}';
    leg_points := '{}';
    enter_points := '{}';
    owing := 0;
    t := null;
    leg_pending := false;
    move_index := '{}';
    move_ordinal := '{}';
    move_points := '{}';
    move_held := '{}';
    move_leg := '{}';
    moves_text := '';
    enter_held := false;
    release := 0;
    missing_points := 0;

    if code is null and (is_payment or c.kind = 'adjust' and c.points < 0) then
      -- Asked in points, or as many whole points as an amount is worth.
      take := case
        when c.kind = 'adjust' then -c.points
        when c.kind = 'issue' then coalesce(c.redeem_points, c.redeem_minor / net.face)
        else coalesce(c.points, c.amount_minor / net.face)
      end;
      if coalesce(take, 0) <= 0 or take > amount_max / net.face
        or c.kind = 'issue' and take > c.amount_minor / net.face
      then
        code := 'amount_out_of_range';
      elsif take > free then
        code := 'points_insufficient';
      end if;
    else
      take := 0;
    end if;

    if code is null and c.kind = 'adjust' and coalesce(c.points, 0) = 0 then
      code := 'amount_out_of_range';
    elsif code is null and c.kind = 'adjust'
      and (c.approver_uuid is null or c.credential_kind is distinct from 'person')
    then
      code := 'not_found';
    elsif code is null and c.kind = 'adjust' and c.approver_id = c.credential_id then
      code := 'same_person';
    end if;

    -- Ceilings on what is taken (or given in goodwill).
    if code is null and c.counters is not null then
      if exists (
        select from jsonb_to_recordset(c.counters) as u(name text, ceiling bigint)
        where coalesce((select x.points from ledger.counter x
            where x.network_id = _network and x.name = u.name and x.day = taking_day), 0)
          + case when c.kind = 'goodwill' then c.points else take end > u.ceiling)
      then
        code := 'limit_reached';
      end if;
    end if;

    if code is not null then
      null;

    elsif c.kind in ('issue', 'goodwill') or c.kind = 'adjust' and c.points > 0 then
      give := c.points;
      give_expiry := c.expires_at;
      if c.by_rule then
        if rule.version is null then
          code := 'rule_missing';
        elsif c.amount_minor < 0 or c.eligible_minor < 0 then
          code := 'amount_out_of_range';
        else
          -- The part paid in points earns nothing.
          money := c.amount_minor - take * net.face;
          eligible := least(coalesce(c.eligible_minor, c.amount_minor), money);
          factor := null;
          if rule.multipliers is not null then
            factor := ledger.factor_for(rule.multipliers, merchant.merchant_uuid,
              c.occurred_at at time zone net.time_zone);
          end if;
          if merchant.multiplies then
            factor := nullif(coalesce(factor, 1) * coalesce((
              select x.factor from ledger.merchant_multiplier x
              where x.network_id = _network and x.merchant_id = merchant.merchant_id
                and x.effective_from <= c.occurred_at
              order by x.effective_from desc, x.version desc limit 1), 1), 1);
          end if;
          give := ledger.points_for(rule, factor, net.currency_digits, eligible);
          if rule.daily_max_per_wallet is not null and give > 0 then
            give := least(give, greatest(0, rule.daily_max_per_wallet - coalesce((
              select x.points from ledger.counter x
              where x.network_id = _network and x.name = 'earn:' || wallet and x.day = local_day), 0)));
          end if;
          give_expiry := ((local_day + 1 + make_interval(months => rule.expires_after_months))::timestamp
            at time zone net.time_zone);
          t.rule_version := rule.version;
          t.factor := factor;
          t.amount_minor := c.amount_minor;
          t.eligible_minor := nullif(eligible, money);
          t.money_minor := nullif(money, c.amount_minor);
        end if;
      elsif coalesce(give, 0) <= 0 then
        code := 'amount_out_of_range';
      end if;
      if code is null and give > 0 then
        a := array_position(acc_id, merchant.float_account);
        if acc_cp[a] - acc_dp[a] - give < acc_floor[a] then
          code := 'issuing_limit_reached';
        elsif greatest(give, acc_cp[w] - acc_dp[w] + give, acc_dp[a] - acc_cp[a] + give) > amount_max then
          code := 'amount_out_of_range';
        else
          if take = 0 then
            leg_debit := leg_debit || merchant.float_account;
            leg_credit := leg_credit || wallet;
            leg_points := leg_points || give;
          end if;
          enter_points := array[give];
          enter_issuer := array[merchant.merchant_id];
          enter_expires := array[give_expiry];
          enter_price := array[net.price];
          enter_index := array[null::bigint];
          receiver := wallet;
        end if;
      end if;
      t.points := give;

    elsif c.kind = 'gift' then
      if wallet = receiver then
        code := 'same_wallet';
      elsif coalesce(c.points, 0) <= 0 then
        code := 'amount_out_of_range';
      -- Before what the receiver has is looked at: else asking for too much would tell how much that is.
      elsif c.points > free then
        code := 'points_insufficient';
      elsif acc_cp[r] - acc_dp[r] + c.points > amount_max then
        code := 'amount_out_of_range';
      else
        take := c.points;
        t.points := take;
        t.to_wallet_id := receiver;
        leg_debit := array[wallet];
        leg_credit := array[receiver];
        leg_points := array[take];
      end if;

    elsif c.kind in ('capture', 'void', 'time-out') then
      -- Like a lot, a hold is good until its time-out is posted, within a minute of its time.
      if h.ended_index is not null then
        code := 'hold_ended';
      elsif c.kind = 'time-out' and h.ends_at > at then
        code := 'hold_not_due';
      elsif c.points > h.points then
        code := 'more_than_there_was';
      elsif c.points <= 0 then
        code := 'amount_out_of_range';
      else
        left_over := case when c.kind = 'capture' then coalesce(c.points, h.points) else 0 end;
        t.points := case when c.kind = 'capture' then 0 else h.points end;
        t.redeemed_points := left_over;
        t.target_index := target.entry_index;
        if left_over > 0 then
          leg_debit := array[wallet];
          leg_credit := array[merchant.accepted_account];
          leg_points := array[left_over];
        end if;
        release := h.points;
        receiver := wallet;
        enter_held := true;
        enter_issuer := '{}';
        enter_expires := '{}';
        enter_price := '{}';
        enter_index := '{}';
        enter_ordinal := '{}';
        -- Capture uses the lots the hold set aside, in their order; the rest is free again.
        for l in
          select m.lot_index, m.lot_ordinal, coalesce(m.held, 0) as held, x.issuer_id, x.expires_at, x.price_version
          from ledger.lot_move m
          join ledger.lot x on x.network_id = _network and x.entry_index = m.lot_index and x.ordinal = m.lot_ordinal
          where m.network_id = _network and m.entry_index = target.entry_index
          order by m.ordinal
        loop
          piece := least(left_over, l.held);
          if piece > 0 then
            move_index := move_index || l.lot_index;
            move_ordinal := move_ordinal || l.lot_ordinal;
            move_points := move_points || -piece;
            move_held := move_held || -piece;
            move_leg := move_leg || 0::smallint;
            left_over := left_over - piece;
          end if;
          if l.held > piece then
            enter_points := enter_points || l.held - piece;
            enter_issuer := enter_issuer || l.issuer_id;
            enter_expires := enter_expires || l.expires_at;
            enter_price := enter_price || l.price_version;
            enter_index := enter_index || l.lot_index;
            enter_ordinal := enter_ordinal || l.lot_ordinal;
          end if;
        end loop;
        update ledger.hold x set ended_index = head.next_index
          where x.network_id = _network and x.hold_index = target.entry_index;
      end if;

    elsif c.kind = 'expire' then
      -- A leg for each issuer; what is above the bound is for the next sweep.
      for l in
        select x.entry_index, x.ordinal, x.remaining - x.held as points, m.float_account
        from ledger.lot x join ledger.merchant m on m.network_id = _network and m.merchant_id = x.issuer_id
        where x.network_id = _network and x.wallet_id = wallet and x.open and x.remaining > x.held
          and (x.expires_at <= at or acc_closed[w])
        order by x.expires_at, x.entry_index, x.ordinal
        limit expired_lots_max
      loop
        k := array_position(leg_credit, l.float_account);
        if k is null then
          leg_debit := leg_debit || wallet;
          leg_credit := leg_credit || l.float_account;
          leg_points := leg_points || 0::bigint;
          k := cardinality(leg_debit);
        end if;
        leg_points[k] := leg_points[k] + l.points;
        move_index := move_index || l.entry_index;
        move_ordinal := move_ordinal || l.ordinal;
        move_points := move_points || -l.points;
        move_held := move_held || 0::bigint;
        move_leg := move_leg || (k - 1)::smallint;
        t.points := coalesce(t.points, 0) + l.points;
      end loop;
      if leg_debit = '{}' then
        code := 'nothing_due';
      end if;

    elsif c.kind = 'reverse' then
      -- What was reversed before: points taken back, points given back, goods refunded.
      select coalesce(sum(x.points), 0), coalesce(sum(x.redeemed_points), 0), coalesce(sum(x.amount_minor), 0)
        into taken_back, given_back, refunded
        from ledger.transaction x
        where x.network_id = _network and x.target_index = target.entry_index and x.kind = 'reverse';
      give := 0;
      take := 0;
      money := 0;
      -- A payment without a bill is worth its points at the value they had.
      basis_minor := coalesce(target.amount_minor, coalesce(target.redeemed_points, 0) * (
        select x.point_face_value_minor from ledger.price x
        where x.network_id = _network and x.version = target.price_version));
      if target.kind not in ('issue', 'redeem', 'capture', 'goodwill', 'adjust') then
        code := 'not_reversible';
      elsif c.points is not null or c.everything and target.amount_minor is null then
        if target.points > 0 then
          take := coalesce(c.points, target.points - taken_back);
        else
          give := coalesce(c.points, target.redeemed_points - given_back);
        end if;
        if take + give <= 0 and c.points is not null then
          code := 'amount_out_of_range';
        elsif take + give <= 0 or take > target.points - taken_back
          or give > coalesce(target.redeemed_points, 0) - given_back
        then
          code := 'more_than_there_was';
        elsif target.amount_minor is null and give > 0 then
          t.amount_minor := basis_minor / target.redeemed_points * give;
        end if;
      elsif basis_minor = 0 and not coalesce(c.everything, false) or c.amount_minor <= 0 then
        code := case when c.amount_minor <= 0 then 'amount_out_of_range' else 'not_reversible' end;
      else
        -- Goods came back: money first, then points; of the points given, what the rule that gave them would not have
        -- given for what was kept, all of it cumulative.
        t.amount_minor := coalesce(c.amount_minor, basis_minor - refunded);
        if t.amount_minor <= 0 or t.amount_minor > basis_minor - refunded then
          code := 'more_than_there_was';
        else
          money := coalesce(target.money_minor, target.amount_minor, 0);
          eligible := coalesce(target.eligible_minor, money);
          kept_minor := money - least(refunded + t.amount_minor, money);
          if target.points > 0 then
            select * into given_by from ledger.earning_rule x
              where x.network_id = _network and x.version = target.rule_version;
            take := greatest(0, target.points - taken_back - least(target.points, ledger.points_for(
              given_by, target.factor, net.currency_digits,
              case when money = 0 then 0 else div(eligible::numeric * kept_minor, money)::bigint end)));
          end if;
          if target.redeemed_points > 0 then
            give := case when refunded + t.amount_minor = basis_minor then target.redeemed_points
              else least(target.redeemed_points, (refunded + t.amount_minor - (money - kept_minor)) / (
                select x.point_face_value_minor from ledger.price x
                where x.network_id = _network and x.version = target.price_version)) end - given_back;
            give := greatest(0, give);
          end if;
          money := money - kept_minor - least(refunded, money);
        end if;
      end if;
      t.target_index := target.entry_index;
      t.points := take;
      t.redeemed_points := give;
      t.money_minor := money;
      if code is null and acc_cp[w] - acc_dp[w] + give > amount_max then
        code := 'amount_out_of_range';
      end if;
    end if;

    -- 3b. Use lots: of a payment, a gift, or points taken back by a reversal.
    if code is not null then
      null;
    elsif take > 0 and c.kind <> 'reverse' then
      left_over := take;
      if c.kind <> 'gift' then
        leg_debit := array[wallet];
        leg_credit := array[merchant.accepted_account];
        leg_points := array[take];
        leg_pending := c.kind = 'hold';
        t.points := case when c.kind = 'hold' then take else coalesce(t.points, 0) end;
        t.redeemed_points := case when c.kind = 'hold' then null else take end;
        if cardinality(enter_points) > 0 then
          leg_debit := leg_debit || merchant.float_account;
          leg_credit := leg_credit || wallet;
          leg_points := leg_points || enter_points[1];
        end if;
      else
        enter_issuer := '{}';
        enter_expires := '{}';
        enter_price := '{}';
        enter_index := '{}';
        enter_ordinal := '{}';
      end if;
      for l in
        select x.entry_index, x.ordinal, x.remaining - x.held as points, x.issuer_id, x.expires_at, x.price_version
        from ledger.lot x
        where x.network_id = _network and x.wallet_id = wallet and x.open
        order by x.expires_at, x.entry_index, x.ordinal
      loop
        continue when l.points = 0;
        piece := least(left_over, l.points);
        move_index := move_index || l.entry_index;
        move_ordinal := move_ordinal || l.ordinal;
        move_points := move_points || case when leg_pending then 0 else -piece end;
        move_held := move_held || case when leg_pending then piece else 0 end;
        move_leg := move_leg || case when leg_pending then null else 0 end::smallint;
        if c.kind = 'gift' then
          enter_points := enter_points || piece;
          enter_issuer := enter_issuer || l.issuer_id;
          enter_expires := enter_expires || l.expires_at;
          enter_price := enter_price || l.price_version;
          enter_index := enter_index || null::bigint;
          enter_ordinal := enter_ordinal || null::smallint;
        end if;
        left_over := left_over - piece;
        exit when left_over = 0 or cardinality(move_index) > lots_max;
      end loop;
      if cardinality(move_index) > (case when c.kind = 'hold' then held_lots_max else lots_max end) then
        code := 'too_many_lots';
      elsif left_over > 0 then
        raise exception 'wallet % of network % has fewer points in lots than in its balance', wallet, _network;
      end if;
    elsif take > 0 then
      -- The very lot, then the shop's own, then others' (as if redeemed at this shop); what is missing is a debt.
      left_over := take;
      for l in
        select x.entry_index, x.ordinal, x.remaining - x.held as points, x.issuer_id = merchant.merchant_id as own
        from ledger.lot x
        where x.network_id = _network and x.wallet_id = wallet and x.open and x.remaining > x.held
        order by x.entry_index = target.entry_index desc, x.issuer_id = merchant.merchant_id desc,
          x.expires_at, x.entry_index, x.ordinal
      loop
        if cardinality(leg_debit) = 0
          or not l.own and leg_credit[cardinality(leg_credit)] <> merchant.accepted_account
        then
          leg_debit := leg_debit || wallet;
          leg_credit := leg_credit || case when l.own then merchant.float_account else merchant.accepted_account end;
          leg_points := leg_points || 0::bigint;
        end if;
        piece := least(left_over, l.points);
        leg_points[cardinality(leg_points)] := leg_points[cardinality(leg_points)] + piece;
        move_index := move_index || l.entry_index;
        move_ordinal := move_ordinal || l.ordinal;
        move_points := move_points || -piece;
        move_held := move_held || 0::bigint;
        move_leg := move_leg || (cardinality(leg_debit) - 1)::smallint;
        left_over := left_over - piece;
        exit when left_over = 0 or cardinality(move_index) > lots_max;
      end loop;
      if cardinality(move_index) > lots_max then
        code := 'too_many_lots';
      elsif left_over > 0 then
        leg_debit := leg_debit || wallet;
        leg_credit := leg_credit || merchant.owed_account;
        leg_points := leg_points || left_over;
        missing_points := left_over;
      end if;
    end if;
    if code is null and c.kind = 'reverse' and give > 0 then
      -- The very lots used come back, in reverse order of use; an expired one as a new lot with grace.
      receiver := wallet;
      left_over := give;
      skip := given_back;
      enter_issuer := '{}';
      enter_expires := '{}';
      enter_price := '{}';
      enter_index := '{}';
      enter_ordinal := '{}';
      leg_debit := leg_debit || merchant.accepted_account;
      leg_credit := leg_credit || wallet;
      leg_points := leg_points || give;
      for l in
        select m.lot_index, m.lot_ordinal, -m.points as points, x.issuer_id, x.expires_at, x.price_version
        from ledger.lot_move m
        join ledger.lot x on x.network_id = _network and x.entry_index = m.lot_index and x.ordinal = m.lot_ordinal
        where m.network_id = _network and m.entry_index = target.entry_index and m.leg = 0 and m.points < 0
        order by m.ordinal desc
      loop
        exit when left_over = 0;
        -- Given back before.
        if skip >= l.points then
          skip := skip - l.points;
          continue;
        end if;
        chunk := least(left_over, l.points - skip);
        skip := 0;
        enter_points := enter_points || chunk;
        enter_issuer := enter_issuer || l.issuer_id;
        enter_price := enter_price || l.price_version;
        if l.expires_at <= at then
          enter_expires := enter_expires || at + make_interval(days => net.grace_days);
          enter_index := enter_index || null::bigint;
          enter_ordinal := enter_ordinal || null::smallint;
        else
          enter_expires := enter_expires || l.expires_at;
          enter_index := enter_index || l.lot_index;
          enter_ordinal := enter_ordinal || l.lot_ordinal;
        end if;
        left_over := left_over - chunk;
      end loop;
    end if;

    -- Of many pieces that would be new lots, those alike become one; what is still too long for an entry goes in
    -- parts.
    if code is null and cardinality(enter_points) > alike_above and not enter_held then
      select array_agg(q.points), array_agg(q.issuer), array_agg(q.expires), array_agg(q.price), array_agg(q.index),
          array_agg(q.ordinal)
        into enter_points, enter_issuer, enter_expires, enter_price, enter_index, enter_ordinal
        from (
          select sum(u.points)::bigint as points, u.issuer, u.expires, u.price, u.index, u.ordinal
          from unnest(enter_points, enter_issuer, enter_expires, enter_price, enter_index, enter_ordinal)
            with ordinality as u(points, issuer, expires, price, index, ordinal, place)
          group by u.issuer, u.expires, u.price, u.index, u.ordinal
          order by min(u.place)
        ) q;
    end if;
    -- (Nested: a condition with a query in it is a query, also where it need not be asked.)
    if code is null and cardinality(move_index) > alike_above and not enter_held then
      if 65000 < 1500 + 140 * cardinality(leg_debit)
        + (select sum(48 + length(u.index::text || u.points || u.held))
            from unnest(move_index, move_points, move_held) as u(index, points, held))
        + (select coalesce(sum(case when u.index is null then 190 else 48 + length(u.index::text || u.points) end), 0)
            from unnest(enter_points, enter_index) as u(points, index))
      then
        code := 'too_many_lots';
      end if;
    end if;
    if code is not null then
      answer := row(c.ordinal, 'refused', code, case when code = 'reference_reused' then c.receipt_uuid end,
        null, null, null, null, null, null, case when code = 'points_insufficient' then free end);
      return next answer;
      continue;
    end if;

    if missing_points > 0 then
      insert into ledger.debt values
        (_network, wallet, head.next_index, merchant.merchant_id, missing_points, missing_points);
      owing := missing_points;
      -- Only here may a wallet come to stand below its floor.
      acc_lowest[w] := least(acc_lowest[w], free - take);
    end if;

    -- 4. Points that enter a wallet repay its debts first, the oldest first; the rest is a lot.
    lot_ordinal := 0;
    lots_text := '';
    if cardinality(enter_points) > 0 then
      r := case when receiver = wallet then w else array_position(acc_id, receiver) end;
      owing := owing + greatest(0, -(acc_cp[r] - acc_dp[r] - acc_dh[r]));
      first_repayment := cardinality(leg_debit) + 1;
      enter_leg := case when enter_held then null else cardinality(leg_debit) - 1 end;
      for i in 1 .. cardinality(enter_points) loop
        piece := least(owing, enter_points[i]);
        if enter_index[i] is null then
          new_lots := new_lots || row(head.next_index, enter_expires[i], enter_points[i], enter_points[i] - piece, 0,
            _network, receiver, enter_issuer[i], lot_ordinal, enter_price[i], enter_points[i] > piece)::ledger.lot;
          issuer_uuid := merchant.merchant_uuid;
          if enter_issuer[i] is distinct from merchant.merchant_id then
            select x.merchant_uuid into issuer_uuid from ledger.merchant x
              where x.network_id = _network and x.merchant_id = enter_issuer[i];
          end if;
          lots_text := lots_text || case when lots_text = '' then '' else ',' end || ledger.format_lot_v1(
            ledger.format_time_v1(enter_expires[i]), issuer_uuid, lot_ordinal, enter_points[i], enter_price[i],
            acc_uuid[r]);
        else
          move_index := move_index || enter_index[i];
          move_ordinal := move_ordinal || enter_ordinal[i];
          move_points := move_points || case when enter_held then 0 else enter_points[i] end;
          move_held := move_held || case when enter_held then -enter_points[i] else 0 end;
          move_leg := move_leg || enter_leg;
        end if;
        owing := owing - piece;
        if piece > 0 then
          first_move := cardinality(move_index) + 1;
          for d in
            select x.debt_index, x.remaining, m.merchant_id, m.owed_account,
              case when m.merchant_id = enter_issuer[i] then m.float_account else m.accepted_account end as repaid_to
            from ledger.debt x join ledger.merchant m on m.network_id = _network and m.merchant_id = x.merchant_id
            where x.network_id = _network and x.wallet_id = receiver and x.remaining > 0
            order by x.debt_index
          loop
            exit when piece = 0;
            chunk := least(piece, d.remaining);
            update ledger.debt x set remaining = x.remaining - chunk
              where x.network_id = _network and x.wallet_id = receiver and x.debt_index = d.debt_index;
            -- One leg for all that is repaid from here to there, and one move of this lot with it.
            k := first_repayment;
            while k <= cardinality(leg_debit) and (leg_debit[k], leg_credit[k]) <> (d.owed_account, d.repaid_to) loop
              k := k + 1;
            end loop;
            if k > cardinality(leg_debit) then
              leg_debit := leg_debit || d.owed_account;
              leg_credit := leg_credit || d.repaid_to;
              leg_points := leg_points || 0::bigint;
            end if;
            leg_points[k] := leg_points[k] + chunk;
            a := first_move;
            while a <= cardinality(move_index) and move_leg[a] <> k - 1 loop
              a := a + 1;
            end loop;
            if a > cardinality(move_index) then
              move_index := move_index || coalesce(enter_index[i], head.next_index);
              move_ordinal := move_ordinal
                || case when enter_index[i] is null then lot_ordinal else enter_ordinal[i] end;
              move_points := move_points || 0::bigint;
              move_held := move_held || 0::bigint;
              move_leg := move_leg || (k - 1)::smallint;
            end if;
            move_points[a] := move_points[a] - chunk;
            piece := piece - chunk;
          end loop;
          if piece > 0 then
            raise exception 'wallet % of network % owes more than its debts say', receiver, _network;
          end if;
        end if;
        lot_ordinal := lot_ordinal + case when enter_index[i] is null then 1 else 0 end;
      end loop;
    end if;

    if move_index <> '{}' then
      update ledger.lot x
        set remaining = x.remaining + m.points, held = x.held + m.held, open = x.remaining + m.points > 0
        from (
          select u.lot_index, u.lot_ordinal, sum(u.points)::bigint as points, sum(u.held)::bigint as held
          from unnest(move_index, move_ordinal, move_points, move_held) as u(lot_index, lot_ordinal, points, held)
          where u.lot_index <> head.next_index
          group by u.lot_index, u.lot_ordinal
        ) m
        where x.network_id = _network and x.entry_index = m.lot_index and x.ordinal = m.lot_ordinal;
      for i in 1 .. cardinality(move_index) loop
        new_moves := new_moves || row(head.next_index, move_index[i], move_points[i], nullif(move_held[i], 0),
          _network, i - 1, move_ordinal[i], move_leg[i])::ledger.lot_move;
        moves_text := moves_text || case when i = 1 then '' else ',' end
          || ledger.format_move_v1(move_held[i], move_leg[i], move_index[i], move_ordinal[i], move_points[i]);
      end loop;
    end if;

    -- 5. Apply the legs.
    legs_text := '';
    for i in 1 .. cardinality(leg_debit) loop
      a := case when leg_debit[i] = wallet then w else array_position(acc_id, leg_debit[i]) end;
      b := case when leg_credit[i] = wallet then w else array_position(acc_id, leg_credit[i]) end;
      if leg_pending then
        acc_dh[a] := acc_dh[a] + leg_points[i];
        acc_ch[b] := acc_ch[b] + leg_points[i];
      else
        acc_dp[a] := acc_dp[a] + leg_points[i];
        acc_cp[b] := acc_cp[b] + leg_points[i];
        -- What is allowed follows a rising balance up to the floor.
        if acc_lowest[b] < acc_floor[b] then
          acc_lowest[b] := greatest(acc_lowest[b], least(acc_floor[b], acc_cp[b] - acc_dp[b] - acc_dh[b]));
        end if;
      end if;
      new_legs := new_legs || row(head.next_index, leg_points[i], _network, leg_debit[i], leg_credit[i], i - 1,
        leg_pending)::ledger.leg;
      legs_text := legs_text || case when i = 1 then '' else ',' end
        || ledger.format_leg_v1(leg_points[i], acc_uuid[b], acc_uuid[a], leg_pending);
    end loop;
    if release > 0 then
      a := array_position(acc_id, merchant.accepted_account);
      acc_dh[w] := acc_dh[w] - release;
      acc_ch[a] := acc_ch[a] - release;
      acc_lowest[w] := greatest(acc_lowest[w], least(acc_floor[w], acc_cp[w] - acc_dp[w] - acc_dh[w]));
    end if;

    -- 6. Write down the transaction and what hangs on it.
    if c.reason is not null then
      t.reason_hash := sha256(c.reason_salt || convert_to(c.reason, 'UTF8'));
      -- Nothing is kept of what is written about somebody who was erased: their wallet is closed.
      if not acc_closed[w] then
        insert into ledger.reason values (_network, head.next_index, c.reason_salt, c.reason);
      end if;
    end if;
    if c.kind = 'hold' then
      t.ends_at := at + make_interval(secs => c.hold_seconds);
      insert into ledger.hold values
        (_network, head.next_index, wallet, merchant.merchant_id, t.points, t.ends_at, null);
    end if;
    if c.qr_hash is not null then
      insert into ledger.spent_qr values (_network, c.qr_hash, head.next_index, c.qr_expires_at);
    end if;
    counted := case when c.kind in ('goodwill', 'hold') then t.points else t.redeemed_points end;
    if c.counters is not null and counted > 0 then
      insert into ledger.counter_use
        select _network, head.next_index, u.name, taking_day, counted
        from jsonb_to_recordset(c.counters) as u(name text, ceiling bigint);
    end if;
    if t.rule_version is not null and rule.daily_max_per_wallet is not null and t.points > 0 then
      insert into ledger.counter_use values (_network, head.next_index, 'earn:' || wallet, local_day, t.points);
    end if;
    if c.counters is not null or t.rule_version is not null and rule.daily_max_per_wallet is not null then
      insert into ledger.counter as x
        select _network, u.name, u.day, u.points from ledger.counter_use u
        where u.network_id = _network and u.entry_index = head.next_index
        on conflict on constraint counter_pk do update set points = x.points + excluded.points;
    elsif t.target_index is not null then
      -- What a reversal takes or gives back, or a hold frees, may be given or taken again that day. (Goodwill that
      -- was spent or passed on before it was taken back has been given all the same.)
      update ledger.counter x
        set points = x.points - case
          when c.kind <> 'reverse' then release - coalesce(t.redeemed_points, 0)
          when target.kind = 'goodwill' then t.points - missing_points
          when u.name like 'earn:%' then t.points
          else t.redeemed_points end
        from ledger.counter_use u
        where u.network_id = _network
          and u.entry_index = case when target.kind = 'capture' then target.target_index else target.entry_index end
          and x.network_id = _network and x.name = u.name and x.day = u.day;
    end if;

    t.entry_index := head.next_index;
    t.posted_at := at;
    t.occurred_at := c.occurred_at;
    t.points := coalesce(t.points, 0);
    t.available_after := acc_cp[w] - acc_dp[w] - acc_dh[w];
    t.content_hash := c.content_hash;
    t.transaction_uuid := c.transaction_uuid;
    t.network_id := _network;
    t.kind := c.kind;
    t.merchant_id := merchant.merchant_id;
    t.wallet_id := wallet;
    t.credential_id := c.credential_id;
    t.staff_id := c.staff_id;
    t.approver_id := c.approver_id;
    t.day := local_day;
    t.price_version := net.price;
    t.format := 1;
    t.key_hash := c.key_hash;
    t.reference_hash := c.reference_hash;
    t.series_hash := c.series_hash;

    -- 7. The log's entry.
    entry := ledger.format_transaction_v1(t, net.network_uuid, merchant.merchant_uuid, acc_uuid[w],
      acc_uuid[case when t.to_wallet_id is not null then array_position(acc_id, t.to_wallet_id) end],
      c.credential_uuid, c.staff_uuid, c.approver_uuid, at_text, legs_text, lots_text, moves_text);
    if octet_length(entry) >= 65536 then
      raise exception 'entry % of network % would be % bytes long', head.next_index, _network, octet_length(entry);
    end if;
    t.leaf_hash := ledger.hash_leaf(entry);
    new_transactions := new_transactions || t;
    answer := row(c.ordinal, 'posted', null, t.transaction_uuid, t.entry_index, t.kind, at, t.points,
      coalesce(t.redeemed_points, 0), coalesce(t.money_minor, t.amount_minor, 0), t.available_after);
    return next answer;
    head.next_index := head.next_index + 1;
  end loop;

  insert into ledger.transaction select * from unnest(new_transactions);
  if new_legs <> '{}' then
    insert into ledger.leg select * from unnest(new_legs);
  end if;
  if new_lots <> '{}' then
    insert into ledger.lot select * from unnest(new_lots);
  end if;
  if new_moves <> '{}' then
    insert into ledger.lot_move select * from unnest(new_moves);
  end if;
  update ledger.account x
    set debits_posted = u.dp, credits_posted = u.cp, debits_pending = u.dh, credits_pending = u.ch,
      lowest_allowed = u.lowest
    from unnest(acc_id, acc_dp, acc_cp, acc_dh, acc_ch, acc_lowest) as u(id, dp, cp, dh, ch, lowest)
    where x.network_id = _network and x.account_id = u.id
      and (x.debits_posted, x.credits_posted, x.debits_pending, x.credits_pending)
        is distinct from (u.dp, u.cp, u.dh, u.ch);
  update ledger.head x set next_index = head.next_index, last_posted_at = at where x.network_id = _network;
end $$;

-- As it was called before.
drop function if exists ledger.post(int, jsonb);

-- Posts a batch, as post_batch says.
create or replace function ledger.post(_network int, commands ledger.command[]) returns setof ledger.answer
language plpgsql volatile security definer
set search_path = ledger, pg_temp
set timezone = 'UTC'
set plan_cache_mode = force_generic_plan
-- Every look-up is by key. The plans of a small table must not outlive its smallness; see refresh_statistics, too.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
as $$
begin
  -- To look for a few takes little, and a command that is sent again and again then leaves no dead rows.
  return query select * from ledger.post_batch(_network, commands, cardinality(commands) > 4);
exception when unique_violation then
  return query select * from ledger.post_batch(_network, commands, false);
end $$;
