-- Within what a merchant may choose its own factor on the rule; at first nothing but 1.

alter table api.network
  add column merchant_multiplier_min numeric not null default 1,
  add column merchant_multiplier_max numeric not null default 1,
  add constraint network_merchant_multiplier_bounds
    check (0 <= merchant_multiplier_min and merchant_multiplier_min <= 1
      and 1 <= merchant_multiplier_max and merchant_multiplier_max <= 100);
grant update (merchant_multiplier_min, merchant_multiplier_max) on api.network to tally_api;
