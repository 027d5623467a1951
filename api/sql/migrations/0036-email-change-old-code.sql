-- Who changes the address that signs in proves the old one too: a second code goes there.

alter table api.email_change
  -- Null: there was no old address.
  add column old_code_hash bytea,
  add constraint email_change_old_code_hash_length check (octet_length(old_code_hash) = 32);

-- A change that was under way has no such code: its customer asks again.
delete from api.email_change;

grant update (old_code_hash) on api.email_change to tally_api;
