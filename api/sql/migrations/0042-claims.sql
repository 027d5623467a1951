-- A purchase without a customer goes to a wallet that is nobody's yet; whoever has the code of the receipt collects it.

create table api.claim (
  network_id integer not null,
  wallet_id integer not null,
  -- The till that made it; collecting records its sales anew in its name.
  till_uuid uuid not null,
  code_hash bytea not null,
  expires_at timestamptz not null,
  collected_by integer,
  created_at timestamptz not null default now(),
  constraint claim_pk primary key (network_id, wallet_id),
  constraint claim_code_unique unique (network_id, code_hash),
  constraint claim_wallet_fk foreign key (network_id, wallet_id) references api.wallet (network_id, wallet_id),
  constraint claim_collector_fk foreign key (network_id, collected_by) references api.wallet (network_id, wallet_id)
);

grant select, insert on api.claim to tally_api;
grant update (collected_by) on api.claim to tally_api;
