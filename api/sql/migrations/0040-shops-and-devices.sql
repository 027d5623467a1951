-- What a shop tells everyone about itself: what it is, where, and when it is open.

create table api.shop_profile (
  network_id integer not null,
  merchant_id integer not null,
  about text,
  address text,
  -- [{day: 1 (Monday) to 7, opens: "08:00", closes: "18:00"}], in the network's time zone.
  hours jsonb not null,
  constraint shop_profile_pk primary key (network_id, merchant_id),
  constraint shop_profile_merchant_fk foreign key (network_id, merchant_id)
    references api.merchant (network_id, merchant_id)
);

grant select, insert, update on api.shop_profile to tally_api;

-- Where a device was signed in when it was bound: a lost device is signed out with it.
alter table api.device add column session_uuid uuid;
