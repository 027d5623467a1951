-- A number that customers write down for themselves, and that somebody else has, is kept and leads to nobody: being told
-- that it is taken would tell them who is a member.

alter table api.customer
  add column phone_leads boolean not null default true,
  drop constraint customer_phone_unique;

create unique index customer_phone_unique on api.customer (network_id, phone) where phone_leads;
