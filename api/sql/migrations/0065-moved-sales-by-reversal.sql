-- A close of day and a simulation ask whether a reversal is part of a move.
create index moved_sale_by_reversal on api.moved_sale (network_id, reversal_uuid);
