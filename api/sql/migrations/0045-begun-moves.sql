-- Moves of purchases that were begun: written before the first of their two postings and removed after the last, so that
-- one that was cut off is finished without being asked again.

create table api.begun_move (
  network_id integer not null,
  merchant_id integer not null,
  -- The request's Idempotency-Key.
  key text not null,
  credential_id integer not null,
  -- Who was switched on at the till.
  staff_credential_id integer,
  transaction_uuid uuid not null,
  to_wallet_id integer not null,
  reason text not null,
  begun_at timestamptz not null default now(),
  constraint begun_move_pk primary key (network_id, merchant_id, key),
  constraint begun_move_merchant_fk foreign key (network_id, merchant_id)
    references api.merchant (network_id, merchant_id),
  constraint begun_move_wallet_fk foreign key (network_id, to_wallet_id)
    references api.wallet (network_id, wallet_id)
);

create index begun_move_by_time on api.begun_move (begun_at);

grant select, insert, delete on api.begun_move to tally_api;
