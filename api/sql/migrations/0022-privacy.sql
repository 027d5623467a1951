-- What customers agreed to, how long they are remembered, and how they are forgotten.

alter table api.network
  add column erasure_grace_days integer not null default 14,
  -- Null: customers are kept until they ask to be erased.
  add column forget_after_months integer default 36,
  add constraint network_erasure_grace_range check (erasure_grace_days between 1 and 30),
  add constraint network_forget_after_range check (forget_after_months between 6 and 120);
grant update (erasure_grace_days, forget_after_months) on api.network to tally_api;

-- Each time somebody said yes or no; the newest of a purpose, channel and controller counts.
create table api.consent (
  network_id integer not null,
  uuid uuid not null,
  customer_uuid uuid not null,
  purpose text not null,
  channel text not null,
  -- Null: the network's operator.
  controller_id integer,
  given boolean not null,
  wording_version text not null,
  taken_at timestamptz not null,
  -- A till, a person of staff, or the customers themselves: where and by whom it was taken.
  taken_by_kind text not null,
  taken_by uuid not null,
  constraint consent_pk primary key (network_id, uuid),
  constraint consent_customer_fk foreign key (network_id, customer_uuid)
    references api.customer (network_id, uuid) on delete cascade,
  constraint consent_controller_fk foreign key (network_id, controller_id)
    references api.merchant (network_id, merchant_id),
  constraint consent_purpose_known check (purpose in ('offers', 'personal_offers', 'surveys', 'birthday')),
  constraint consent_channel_known check (channel in ('email', 'sms', 'push', 'post', 'phone', 'till')),
  constraint consent_taken_by_known check (taken_by_kind in ('customer', 'till', 'staff'))
);

create index consent_by_customer on api.consent (network_id, customer_uuid, uuid);

-- Customers who will be erased when their time has come, unless they change their mind.
create table api.erasure (
  network_id integer not null,
  customer_uuid uuid not null,
  cause text not null,
  asked_at timestamptz not null,
  due_at timestamptz not null,
  constraint erasure_pk primary key (network_id, customer_uuid),
  constraint erasure_customer_fk foreign key (network_id, customer_uuid)
    references api.customer (network_id, uuid) on delete cascade,
  constraint erasure_cause_known check (cause in ('asked', 'inactive')),
  constraint erasure_due_after check (due_at > asked_at)
);

create index erasure_due on api.erasure (due_at);

-- What was agreed to is never changed; it goes with the customer.
grant select, insert on api.consent to tally_api;
grant select, insert, delete on api.erasure to tally_api;
