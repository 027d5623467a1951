-- Customers are told by e-mail of terms that get worse: everybody of the network has one letter for each such version.

create table api.terms_notice (
  network_id integer not null,
  notice_uuid uuid not null,
  -- Whose own factor; null: the network's rule.
  merchant_id integer,
  version integer not null,
  -- When the version was set, from which its notice period counts.
  told_at timestamptz not null,
  -- Customers of wallets up to this one have their letters in the queue.
  cursor_wallet integer not null default 0,
  finished boolean not null default false,
  constraint terms_notice_pk primary key (network_id, notice_uuid),
  constraint terms_notice_once unique nulls not distinct (network_id, merchant_id, version),
  constraint terms_notice_network_fk foreign key (network_id) references api.network (network_id),
  constraint terms_notice_merchant_fk foreign key (network_id, merchant_id)
    references api.merchant (network_id, merchant_id)
);

create index terms_notice_unfinished on api.terms_notice (told_at) where not finished;

grant select, insert on api.terms_notice to tally_api;
grant update (cursor_wallet, finished) on api.terms_notice to tally_api;

-- What was set before and has not started is told of now; what turns out to be no worse makes no letter.
insert into api.terms_notice (network_id, notice_uuid, version, told_at)
select r.network_id, gen_random_uuid(), r.version, now()
from ledger.earning_rule r join api.network n on n.network_id = r.network_id
where r.effective_from > now();
insert into api.terms_notice (network_id, notice_uuid, merchant_id, version, told_at)
select r.network_id, gen_random_uuid(), r.merchant_id, r.version, now()
from ledger.merchant_multiplier r
join api.merchant m on m.network_id = r.network_id and m.merchant_id = r.merchant_id
where r.effective_from > now();
