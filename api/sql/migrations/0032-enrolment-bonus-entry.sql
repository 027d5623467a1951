-- Each version of the enrolment bonus has its own entry in the network's log. Those from before have none.

alter table api.enrolment_bonus
  add column entry_index bigint,
  add constraint enrolment_bonus_entry_fk foreign key (network_id, entry_index)
    references ledger.governance (network_id, entry_index),
  add constraint enrolment_bonus_entry_present check (entry_index is not null) not valid;
