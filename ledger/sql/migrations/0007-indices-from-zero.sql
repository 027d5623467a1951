-- The log begins at 0: what stands before it is in no entry, so nobody would check it.
alter table ledger.transaction add constraint transaction_index_from_zero check (entry_index >= 0);
alter table ledger.governance add constraint governance_index_from_zero check (entry_index >= 0);
