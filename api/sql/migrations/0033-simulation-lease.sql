-- A simulation whose worker was killed is taken up by another when its lease is over.

alter table api.rule_simulation add column lease_until timestamptz not null default now();

grant update (lease_until) on api.rule_simulation to tally_api;
