-- The bonus for joining is given once for each e-mail address or phone number, for ever, and so often a day.

create table api.enrolment_bonus_contact (
  network_id integer not null,
  -- HMAC-SHA-256, by a key outside the database, of the address as mail servers tell them apart. Kept when the customer
  -- goes or takes another address: without the key it says nothing of anyone.
  contact_mac bytea not null,
  -- The till or the person of staff who enrolled them; null: they joined by themselves.
  enrolled_by uuid,
  joined_at timestamptz not null default now(),
  constraint enrolment_bonus_contact_pk primary key (network_id, contact_mac),
  constraint enrolment_bonus_contact_network_fk foreign key (network_id) references api.network (network_id),
  constraint enrolment_bonus_contact_mac_length check (octet_length(contact_mac) = 32)
);

create index enrolment_bonus_contact_joined on api.enrolment_bonus_contact (network_id, joined_at);

grant select, insert on api.enrolment_bonus_contact to tally_api;

-- How many approvals of a correction are being posted: it waits for another only when none is.
alter table api.adjustment add column postings integer not null default 0;
grant update (postings) on api.adjustment to tally_api;
