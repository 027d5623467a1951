-- How old one must be to join, and when a customer said that they are.

alter table api.network
  -- Null: nobody is asked.
  add column minimum_age smallint,
  add constraint network_minimum_age_range check (minimum_age between 1 and 99);
grant update (minimum_age) on api.network to tally_api;

alter table api.customer
  add column confirmed_age smallint,
  add column age_confirmed_at timestamptz,
  add constraint customer_age_confirmed_whole check ((confirmed_age is null) = (age_confirmed_at is null));
