-- What a network gives to whoever joins it, paid by its house merchant.

create table api.enrolment_bonus (
  network_id integer not null,
  version integer not null,
  -- 0: nothing is given.
  points bigint not null,
  -- Null: they never expire.
  expires_after_months integer,
  -- Who posts it: the network itself.
  credential_id integer not null,
  created_at timestamptz not null default now(),
  constraint enrolment_bonus_pk primary key (network_id, version),
  constraint enrolment_bonus_network_fk foreign key (network_id) references api.network (network_id),
  constraint enrolment_bonus_points_range check (points between 0 and 1000000),
  constraint enrolment_bonus_expiry_range check (expires_after_months between 1 and 1200)
);

-- Who joined and has not got it yet: written as they join, removed when it is posted, so that a crash loses none.
create table api.enrolment_bonus_due (
  network_id integer not null,
  wallet_id integer not null,
  bonus_version integer not null,
  joined_at timestamptz not null default now(),
  constraint enrolment_bonus_due_pk primary key (network_id, wallet_id),
  constraint enrolment_bonus_due_wallet_fk foreign key (network_id, wallet_id)
    references api.wallet (network_id, wallet_id),
  constraint enrolment_bonus_due_version_fk foreign key (network_id, bonus_version)
    references api.enrolment_bonus (network_id, version)
);

create index enrolment_bonus_due_joined on api.enrolment_bonus_due (joined_at);

grant select, insert on api.enrolment_bonus to tally_api;
grant select, insert, delete on api.enrolment_bonus_due to tally_api;
