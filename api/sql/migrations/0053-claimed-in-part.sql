-- A purchase that was refunded in part before it was collected: what is recorded anew has the same refunds.

-- The entry of the newest refund that is to be repeated. Null: only a purchase of which nothing was refunded is moved.
alter table api.begun_move add column refunds_until bigint;
