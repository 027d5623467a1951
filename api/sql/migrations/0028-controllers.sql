-- Who answers for what is done with customers' data (GDPR articles 26 and 28), in words that customers read.

create table api.controller_record (
  network_id integer not null,
  uuid uuid not null,
  merchant_id integer not null,
  purpose text not null,
  -- What the merchant is in it; whoever else answers for it is named in the text.
  role text not null,
  explanation text not null,
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  constraint controller_record_pk primary key (network_id, uuid),
  constraint controller_record_merchant_fk foreign key (network_id, merchant_id)
    references api.merchant (network_id, merchant_id),
  constraint controller_record_purpose_known
    check (purpose in ('membership', 'offers', 'personal_offers', 'surveys', 'birthday')),
  constraint controller_record_role_known check (role in ('controller', 'joint_controller', 'processor', 'none'))
);

create index controller_record_by_merchant on api.controller_record (network_id, merchant_id, purpose, uuid);

-- What was agreed is never changed: a later record takes its place.
grant select, insert on api.controller_record to tally_api;
