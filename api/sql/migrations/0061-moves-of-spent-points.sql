-- A move that was cut off is finished with the rights of whoever began it.
alter table api.begun_move add column may_leave_debt boolean not null default false;
