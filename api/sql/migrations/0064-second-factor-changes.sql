-- How often a person's second step was turned on or off: browsers that were known before a change are known no more, also
-- once it is as it was.
alter table api.person add column second_factor_changes integer not null default 0;

grant update (second_factor_changes) on api.person to tally_api;
