-- A customer at the till: identified for one sale, by QR or otherwise; printed cards.

alter table api.customer
  -- Month and day; the year is nobody's business.
  add column birthday text,
  add constraint customer_birthday_form check (birthday ~ '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$');

-- Names are searched by how they begin.
create index customer_by_name on api.customer (network_id, lower(name) text_pattern_ops);
-- A customer's own view of all networks they belong to.
create index customer_by_email on api.customer (email);

alter table api.network add column card_pays boolean not null default false;
grant update (card_pays) on api.network to tally_api;

create table api.card (
  network_id integer not null,
  uuid uuid not null,
  number text not null,
  customer_uuid uuid not null,
  created_at timestamptz not null default now(),
  constraint card_pk primary key (network_id, uuid),
  constraint card_number_unique unique (network_id, number),
  constraint card_number_form check (number ~ '^[0-9A-Z]{6,32}$'),
  constraint card_customer_fk foreign key (network_id, customer_uuid)
    references api.customer (network_id, uuid) on delete cascade
);

create index card_by_customer on api.card (network_id, customer_uuid);

-- Good at one till, for a few minutes and one sale: the sale's posting records what spends it (see presented-wallet.ts).
create table api.identification (
  network_id integer not null,
  uuid uuid not null,
  merchant_id integer not null,
  till_uuid uuid not null,
  wallet_id integer not null,
  means text not null,
  -- Points may be taken: by QR always, by card where the network says so.
  may_take boolean not null,
  -- The QR's `jti`: from here on the QR is spent, whatever becomes of the sale.
  qr_id text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint identification_pk primary key (network_id, uuid),
  constraint identification_qr_once unique (network_id, qr_id),
  constraint identification_till_fk foreign key (network_id, till_uuid) references api.till (network_id, uuid),
  constraint identification_wallet_fk foreign key (network_id, wallet_id)
    references api.wallet (network_id, wallet_id),
  constraint identification_means_known check (means in ('qr', 'email', 'phone', 'card')),
  constraint identification_qr_by_means check ((qr_id is not null) = (means = 'qr')),
  constraint identification_qr_may_take check (means <> 'qr' or may_take)
);

create index identification_expiry on api.identification (expires_at);

grant select, insert, delete on api.card, api.identification to tally_api;
