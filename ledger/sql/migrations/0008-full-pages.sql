-- These grow at one end only, or at the end of each shop's part, and nothing in them is ever changed or taken away: a
-- page once full needs no room (manual, CREATE INDEX, fillfactor; it applies to pages written from now on). 18 bytes a
-- transaction less.
alter index ledger.transaction_pk set (fillfactor = 100);
alter index ledger.transaction_uuid_once set (fillfactor = 100);
alter index ledger.transaction_by_merchant set (fillfactor = 100);
alter index ledger.leg_pk set (fillfactor = 100);
alter index ledger.lot_move_pk set (fillfactor = 100);
