-- Who is switched on at a till is so until they change their PIN or password, or sign out everywhere.

alter table api.staff_pin
  -- Stands in their tokens; another one ends them all.
  add column sign_ins_uuid uuid not null default gen_random_uuid();
