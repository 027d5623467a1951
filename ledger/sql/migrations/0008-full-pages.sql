-- These grow at the end of each network's part, or each shop's, whoever posts, and nothing in them is ever changed or
-- taken away: a page once full needs no room (manual, CREATE INDEX, fillfactor; for pages written from now on). It takes
-- 3 to 4 bytes off each of their entries. Not transaction_uuid_once: ids are made before the order of posting is known,
-- and with several processes late ones would split full pages (measured: 41 bytes an entry as it is, 37 to 60 full).
alter index ledger.transaction_pk set (fillfactor = 100);
alter index ledger.transaction_by_merchant set (fillfactor = 100);
alter index ledger.leg_pk set (fillfactor = 100);
alter index ledger.lot_move_pk set (fillfactor = 100);
