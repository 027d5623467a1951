-- Which reversal a purchase that was recorded anew belongs to. What staff wrote when they moved it stands at the reversal,
-- in the ledger, and is about both customers: so it is found at either transaction, and forgotten with either person.

create table api.moved_sale (
  network_id integer not null,
  -- As recorded anew.
  transaction_uuid uuid not null,
  reversal_uuid uuid not null,
  to_wallet_id integer not null,
  constraint moved_sale_pk primary key (network_id, transaction_uuid),
  constraint moved_sale_wallet_fk foreign key (network_id, to_wallet_id)
    references api.wallet (network_id, wallet_id)
);

create index moved_sale_by_wallet on api.moved_sale (network_id, to_wallet_id);

grant select, insert on api.moved_sale to tally_api;

-- Those that were moved before: both postings of a move have one content, which is nobody else's. One that was taken back
-- has another reversal with it, of what was recorded anew.
insert into api.moved_sale
  select old.network_id, made.transaction_uuid, old.transaction_uuid, made.wallet_id
  from ledger.transaction old
  join ledger.transaction made on made.network_id = old.network_id and made.merchant_id = old.merchant_id
    and made.content_hash = old.content_hash and made.kind = 'issue'
  join api.wallet w on w.network_id = made.network_id and w.wallet_id = made.wallet_id
  where old.kind = 'reverse' and old.target_index <> made.entry_index
    and old.wallet_id <> made.wallet_id
on conflict do nothing;
