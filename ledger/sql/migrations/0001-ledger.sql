-- The ledger's tables. What must stay true is in ledger/README.md; the rows are written by functions/*.sql alone.

create type ledger.account_kind as enum ('wallet', 'float', 'accepted', 'owed', 'bridge', 'due', 'fees', 'bank');

create type ledger.transaction_kind as enum (
  'issue', 'redeem', 'hold', 'capture', 'void', 'time-out', 'gift', 'expire', 'reverse', 'adjust', 'goodwill'
);

create table ledger.network (
  network_id int generated always as identity,
  network_uuid uuid not null,
  currency text not null,
  currency_digits smallint not null,
  time_zone text not null,
  grace_days int not null,
  -- Null: the server's clock. A time: this network's own clock, for scenarios and demonstrations; see set_clock.
  clock_at timestamptz,
  created_at timestamptz not null,
  constraint network_pk primary key (network_id),
  constraint network_uuid_once unique (network_uuid),
  constraint network_currency_iso check (currency ~ '^[A-Z]{3}$'),
  constraint network_currency_digits check (currency_digits between 0 and 4),
  constraint network_grace_days check (grace_days between 0 and 3660)
);

-- One row a network: whoever locks it is alone in writing to that network.
create table ledger.head (
  network_id int not null,
  next_index bigint not null default 0,
  last_posted_at timestamptz not null default '-infinity',
  constraint head_pk primary key (network_id),
  constraint head_of_network foreign key (network_id) references ledger.network,
  constraint head_index_from_zero check (next_index >= 0)
) with (fillfactor = 10);

-- balance = credits - debits; the unit is points, for due, fees and bank minor units of the currency.
create table ledger.account (
  account_uuid uuid not null,
  debits_posted bigint not null default 0,
  credits_posted bigint not null default 0,
  debits_pending bigint not null default 0,
  credits_pending bigint not null default 0,
  floor bigint,
  lowest_allowed bigint,
  network_id int not null,
  account_id int generated always as identity,
  merchant_id int,
  kind ledger.account_kind not null,
  locked boolean not null default false,
  closed boolean not null default false,
  constraint account_pk primary key (network_id, account_id),
  constraint account_uuid_once unique (network_id, account_uuid),
  constraint account_of_network foreign key (network_id) references ledger.network,
  constraint account_counters_from_zero check (
    debits_posted >= 0 and credits_posted >= 0 and debits_pending >= 0 and credits_pending >= 0
  ),
  constraint account_lowest_within_floor check (
    (floor is null) = (lowest_allowed is null) and lowest_allowed <= floor
  ),
  constraint account_above_lowest check (credits_posted - debits_posted - debits_pending >= lowest_allowed),
  constraint account_merchants_own check (
    (merchant_id is not null) = (kind in ('float', 'accepted', 'owed', 'due'))
  ),
  constraint account_wallet_floor check (kind <> 'wallet' or floor = 0)
) with (fillfactor = 85);

create table ledger.merchant (
  network_id int not null,
  merchant_id int generated always as identity,
  merchant_uuid uuid not null,
  house boolean not null,
  float_account int not null,
  accepted_account int not null,
  owed_account int not null,
  due_account int not null,
  -- Whether merchant_multiplier has rows of it.
  multiplies boolean not null default false,
  left_at timestamptz,
  constraint merchant_pk primary key (network_id, merchant_id),
  constraint merchant_uuid_once unique (network_id, merchant_uuid),
  constraint merchant_float foreign key (network_id, float_account) references ledger.account,
  constraint merchant_accepted foreign key (network_id, accepted_account) references ledger.account,
  constraint merchant_owed foreign key (network_id, owed_account) references ledger.account,
  constraint merchant_due foreign key (network_id, due_account) references ledger.account
);

create unique index merchant_house_once on ledger.merchant (network_id) where house;

create table ledger.credential (
  network_id int not null,
  credential_id int generated always as identity,
  credential_uuid uuid not null,
  kind text not null,
  merchant_id int,
  revoked_at timestamptz,
  constraint credential_pk primary key (network_id, credential_id),
  constraint credential_uuid_once unique (network_id, credential_uuid),
  constraint credential_kind check (kind in ('till', 'person', 'import', 'network')),
  constraint credential_merchant foreign key (network_id, merchant_id) references ledger.merchant
);

create table ledger.earning_rule (
  network_id int not null,
  version int not null,
  points_per_currency_unit numeric not null,
  rounding text not null,
  expires_after_months int,
  daily_max_per_wallet bigint,
  -- A bill below this gives nothing.
  min_spend_minor bigint,
  -- [{factor, weekdays?, from?, until?, merchants?}]; see factor_for.
  multipliers jsonb,
  effective_from timestamptz not null,
  entry_index bigint not null,
  created_at timestamptz not null,
  constraint earning_rule_pk primary key (network_id, version),
  constraint earning_rule_of_network foreign key (network_id) references ledger.network,
  constraint earning_rule_rate check (points_per_currency_unit between 0 and 1000000),
  constraint earning_rule_rounding check (rounding in ('down', 'nearest', 'up')),
  constraint earning_rule_expiry check (expires_after_months between 1 and 1200),
  constraint earning_rule_daily_max check (daily_max_per_wallet >= 0),
  constraint earning_rule_min_spend check (min_spend_minor >= 0)
);

-- A merchant's own factor on what its purchases give, on top of the network's rule.
create table ledger.merchant_multiplier (
  network_id int not null,
  merchant_id int not null,
  version int not null,
  factor numeric not null,
  effective_from timestamptz not null,
  entry_index bigint not null,
  constraint merchant_multiplier_pk primary key (network_id, merchant_id, version),
  constraint merchant_multiplier_of_merchant foreign key (network_id, merchant_id) references ledger.merchant,
  constraint merchant_multiplier_bounds check (factor between 0 and 100)
);

-- What one point is worth. Lots remember the version they were issued at.
create table ledger.price (
  network_id int not null,
  version smallint not null,
  point_face_value_minor bigint not null,
  effective_from timestamptz not null,
  entry_index bigint not null,
  constraint price_pk primary key (network_id, version),
  constraint price_of_network foreign key (network_id) references ledger.network,
  constraint price_above_zero check (point_face_value_minor > 0)
);

-- One row a change of points; with its legs, lots and moves, and the leaf hash of the log's entry made of them.
create table ledger.transaction (
  entry_index bigint not null,
  posted_at timestamptz not null,
  occurred_at timestamptz not null,
  points bigint not null,
  available_after bigint not null,
  redeemed_points bigint,
  money_minor bigint,
  amount_minor bigint,
  eligible_minor bigint,
  target_index bigint,
  ends_at timestamptz,
  content_hash bigint,
  series_hash bigint,
  transaction_uuid uuid not null,
  network_id int not null,
  kind ledger.transaction_kind not null,
  merchant_id int,
  wallet_id int not null,
  to_wallet_id int,
  credential_id int,
  staff_id int,
  approver_id int,
  rule_version int,
  -- What the rule's rate was multiplied by; null: nothing.
  factor numeric,
  day date not null,
  price_version smallint not null,
  format smallint not null,
  leaf_hash bytea not null,
  key_hash bytea,
  reference_hash bytea,
  reason_hash bytea,
  constraint transaction_pk primary key (network_id, entry_index),
  constraint transaction_uuid_once unique (network_id, transaction_uuid),
  constraint transaction_key_once unique (network_id, key_hash),
  constraint transaction_points_not_negative check (points >= 0 and redeemed_points >= 0 and money_minor >= 0),
  constraint transaction_leaf_hash check (length(leaf_hash) = 32),
  constraint transaction_key_hash check (length(key_hash) = 16),
  constraint transaction_two_people check (
    kind <> 'adjust' or (credential_id is not null and approver_id is not null and approver_id <> credential_id)
  ),
  constraint transaction_has_key check (key_hash is not null or kind in ('expire', 'time-out'))
);

-- A shop's reference is unique per merchant, kind, series, local day and part. The reference's hash covers the merchant,
-- the series' hash kind, series and part; the day is added to that (62 bits of a keyed hash) to keep the index small.
create unique index transaction_reference_once
  on ledger.transaction (network_id, reference_hash, (series_hash + (day - date '2000-01-01')));
create index transaction_by_wallet on ledger.transaction (network_id, wallet_id, entry_index);
create index transaction_by_merchant on ledger.transaction (network_id, merchant_id, entry_index);
create index transaction_by_target on ledger.transaction (network_id, target_index) where target_index is not null;
create index transaction_by_receiver on ledger.transaction (network_id, to_wallet_id, entry_index)
  where to_wallet_id is not null;
create index transaction_by_time on ledger.transaction using brin (posted_at);

-- amount > 0 from one account to another, Pending legs move nothing yet.
create table ledger.leg (
  entry_index bigint not null,
  points bigint not null,
  network_id int not null,
  debit_account int not null,
  credit_account int not null,
  ordinal smallint not null,
  pending boolean not null,
  constraint leg_pk primary key (network_id, entry_index, ordinal),
  constraint leg_above_zero check (points > 0),
  constraint leg_two_accounts check (debit_account <> credit_account)
);


-- Points issued together. remaining and held change, and only as lot_move says.
create table ledger.lot (
  entry_index bigint not null,
  expires_at timestamptz,
  points bigint not null,
  remaining bigint not null,
  held bigint not null default 0,
  network_id int not null,
  wallet_id int not null,
  issuer_id int not null,
  ordinal smallint not null,
  price_version smallint not null,
  open boolean not null,
  constraint lot_pk primary key (network_id, entry_index, ordinal),
  constraint lot_within_bounds check (0 <= held and held <= remaining and remaining <= points and points > 0),
  constraint lot_open_while_left check (open = (remaining > 0))
) with (fillfactor = 95);

-- The order of spending: soonest-expiring first, then oldest.
create index lot_to_spend on ledger.lot (network_id, wallet_id, expires_at, entry_index) where open;
create index lot_due on ledger.lot (network_id, expires_at) where open and expires_at is not null;

-- What a transaction did to a lot: to what is left of it, and to what is set aside of that.
create table ledger.lot_move (
  entry_index bigint not null,
  lot_index bigint not null,
  points bigint not null,
  held bigint not null,
  network_id int not null,
  ordinal smallint not null,
  lot_ordinal smallint not null,
  -- The leg these points went with; null where points were only set aside or freed.
  leg smallint,
  constraint lot_move_pk primary key (network_id, entry_index, ordinal),
  constraint lot_move_of_something check (points <> 0 or held <> 0)
);

create table ledger.hold (
  network_id int not null,
  hold_index bigint not null,
  wallet_id int not null,
  merchant_id int not null,
  points bigint not null,
  ends_at timestamptz not null,
  ended_index bigint,
  constraint hold_pk primary key (network_id, hold_index),
  constraint hold_above_zero check (points > 0),
  constraint hold_ends_after check (ended_index > hold_index)
);

create index hold_due on ledger.hold (network_id, ends_at) where ended_index is null;

-- What a wallet owes a merchant after a reversal of points it had spent; the oldest is repaid first.
create table ledger.debt (
  network_id int not null,
  wallet_id int not null,
  debt_index bigint not null,
  merchant_id int not null,
  points bigint not null,
  remaining bigint not null,
  constraint debt_pk primary key (network_id, wallet_id, debt_index),
  constraint debt_within_bounds check (0 <= remaining and remaining <= points and points > 0)
);

create table ledger.counter (
  network_id int not null,
  name text not null,
  day date not null,
  points bigint not null,
  constraint counter_pk primary key (network_id, name, day),
  constraint counter_from_zero check (points >= 0)
);

-- Which counters a transaction raised, so that its reversal lowers the same.
create table ledger.counter_use (
  network_id int not null,
  entry_index bigint not null,
  name text not null,
  day date not null,
  points bigint not null,
  constraint counter_use_pk primary key (network_id, entry_index, name)
);

create table ledger.spent_qr (
  network_id int not null,
  qr_hash bytea not null,
  entry_index bigint not null,
  expires_at timestamptz not null,
  constraint spent_qr_pk primary key (network_id, qr_hash)
);

create index spent_qr_to_forget on ledger.spent_qr (network_id, expires_at);

-- Free text of people: the log has only its salted hash, so it can be erased here.
create table ledger.reason (
  network_id int not null,
  entry_index bigint not null,
  salt bytea not null,
  reason text not null,
  constraint reason_pk primary key (network_id, entry_index)
);

-- Entries of the log that move no points.
create table ledger.governance (
  network_id int not null,
  entry_index bigint not null,
  posted_at timestamptz not null,
  event text not null,
  credential_id int,
  facts jsonb not null,
  format smallint not null,
  leaf_hash bytea not null,
  constraint governance_pk primary key (network_id, entry_index),
  constraint governance_leaf_hash check (length(leaf_hash) = 32),
  -- Plain ASCII strings only: then the canonical text needs no escaping rules (RFC 8785).
  constraint governance_facts_plain check (facts::text ~ '^[ -~]*$' and facts::text !~ '\\')
);

-- One command as the poster sends it: an element of a JSON array, with these keys. What each kind carries is in
-- ledger/commands.ts; hashes are made by the poster, whose key the database does not have.
create type ledger.command as (
  kind ledger.transaction_kind,
  transaction_uuid uuid,
  key_hash bytea,
  content_hash bigint,
  credential_id int,
  staff_id int,
  approver_id int,
  merchant_id int,
  wallet_id int,
  receiver_id int,
  target_uuid uuid,
  points bigint,
  amount_minor bigint,
  eligible_minor bigint,
  redeem_points bigint,
  redeem_minor bigint,
  everything boolean,
  by_rule boolean,
  expires_at timestamptz,
  occurred_at timestamptz,
  hold_seconds int,
  reference_hash bytea,
  series_hash bigint,
  qr_hash bytea,
  qr_issued_at timestamptz,
  qr_expires_at timestamptz,
  counters jsonb,
  reason text,
  reason_salt bytea,
  refusal text
);

create type ledger.answer as (
  ordinal bigint,
  outcome text,
  code text,
  transaction_uuid uuid,
  entry_index bigint,
  kind ledger.transaction_kind,
  posted_at timestamptz,
  points bigint,
  redeemed_points bigint,
  money_minor bigint,
  available_after bigint
);

-- Only the ledger's own functions write; whoever else tries, be it the owner of the tables, is told so.
create function ledger.only_the_ledger_writes() returns trigger language plpgsql as $$
begin
  raise exception 'only the functions of the ledger may % %.%', lower(tg_op), tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege', hint = 'post a command instead: a correction is a new transaction';
end $$;

create function ledger.never_changes() returns trigger language plpgsql as $$
begin
  raise exception '%.% is append-only', tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege', hint = 'a correction is a new transaction';
end $$;

do $$
declare
  name text;
begin
  for name in
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'ledger' and c.relkind = 'r' and c.relname <> 'migration'
  loop
    execute format(
      'create trigger only_the_ledger_writes before insert or update or delete or truncate on ledger.%I
       for each statement when (current_user <> ''tally_poster'')
       execute function ledger.only_the_ledger_writes()', name);
    execute format('grant select, insert on ledger.%I to tally_poster', name);
    execute format('grant select on ledger.%I to tally_api', name);
  end loop;
  foreach name in array array['transaction', 'leg', 'lot_move', 'governance', 'earning_rule', 'merchant_multiplier',
    'price', 'counter_use']
  loop
    execute format(
      'create trigger never_changes before update or delete or truncate on ledger.%I
       for each statement execute function ledger.never_changes()', name);
  end loop;
  foreach name in array array['network', 'head', 'account', 'merchant', 'credential', 'lot', 'hold', 'debt']
  loop
    execute format(
      'create trigger never_deleted before delete or truncate on ledger.%I
       for each statement execute function ledger.never_changes()', name);
  end loop;
end $$;

-- What may change at all, column by column.
grant update (clock_at) on ledger.network to tally_poster;
grant update (next_index, last_posted_at) on ledger.head to tally_poster;
grant update (debits_posted, credits_posted, debits_pending, credits_pending, floor, lowest_allowed, locked, closed)
  on ledger.account to tally_poster;
grant update (multiplies, left_at) on ledger.merchant to tally_poster;
grant update (revoked_at) on ledger.credential to tally_poster;
grant update (remaining, held, open) on ledger.lot to tally_poster;
grant update (ended_index) on ledger.hold to tally_poster;
grant update (remaining) on ledger.debt to tally_poster;
grant update (points) on ledger.counter to tally_poster;
grant delete on ledger.spent_qr, ledger.reason to tally_poster;
grant usage on sequence ledger.merchant_merchant_id_seq to tally_poster;
