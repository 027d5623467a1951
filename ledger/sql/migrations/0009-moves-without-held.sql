-- Most moves neither set points aside nor free any. Null says so in no room at all: 8 bytes a move.
alter table ledger.lot_move alter column held drop not null;
alter table ledger.lot_move drop constraint lot_move_of_something;
alter table ledger.lot_move add constraint lot_move_of_something check (points <> 0 or coalesce(held, 0) <> 0);
