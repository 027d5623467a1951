-- Which ends of points a wallet's customer was told of: each once. Forgotten some time after the end.

create table api.ending_notice (
  network_id integer not null,
  wallet_id integer not null,
  expires_at timestamptz not null,
  -- The letter that tells of it.
  notice_uuid uuid not null,
  told_at timestamptz not null,
  constraint ending_notice_pk primary key (network_id, wallet_id, expires_at),
  constraint ending_notice_wallet_fk foreign key (network_id, wallet_id)
    references api.wallet (network_id, wallet_id)
);

create index ending_notice_past on api.ending_notice (expires_at);

grant select, insert, delete on api.ending_notice to tally_api;
