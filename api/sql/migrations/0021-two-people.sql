-- Corrections by hand: one person asks, another approves. Goodwill has a ceiling a day.

alter table api.network
  add column goodwill_daily_max bigint not null default 1000,
  add constraint network_goodwill_not_negative check (goodwill_daily_max >= 0);
grant update (goodwill_daily_max) on api.network to tally_api;

create table api.adjustment (
  network_id integer not null,
  uuid uuid not null,
  merchant_id integer not null,
  wallet_id integer not null,
  -- Above 0 gives, below 0 takes.
  points bigint not null,
  reason text not null,
  asked_by uuid not null,
  asked_credential_id integer not null,
  asked_at timestamptz not null,
  state text not null default 'asked',
  approved_by uuid,
  approved_credential_id integer,
  transaction_uuid uuid,
  constraint adjustment_pk primary key (network_id, uuid),
  constraint adjustment_merchant_fk foreign key (network_id, merchant_id)
    references api.merchant (network_id, merchant_id),
  constraint adjustment_wallet_fk foreign key (network_id, wallet_id)
    references api.wallet (network_id, wallet_id),
  constraint adjustment_of_something check (points <> 0),
  constraint adjustment_state_known check (state in ('asked', 'approved', 'withdrawn')),
  constraint adjustment_approved_by_state check (
    (state = 'approved') = (approved_by is not null) and (approved_by is null) = (approved_credential_id is null)
  ),
  constraint adjustment_two_people check (approved_by <> asked_by),
  constraint adjustment_posted_when_approved check (transaction_uuid is null or state = 'approved')
);

create index adjustment_by_wallet on api.adjustment (network_id, wallet_id);

grant select, insert on api.adjustment to tally_api;
grant update (state, approved_by, approved_credential_id, transaction_uuid, reason) on api.adjustment to tally_api;
