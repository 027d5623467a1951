-- The verifiable log over the entries (ledger/log/README.md): whose key signs it, its tree as hash tiles, its
-- checkpoints, and why one isn't signed. All of it can be made again from the entries, but for the signatures.

-- One row for each origin a network's log has had. The newest signs; its tree holds all entries from index 0.
create table ledger.log (
  network_id int not null,
  generation smallint not null,
  origin text not null,
  -- As https://c2sp.org/signed-note writes a public key.
  vkey text not null,
  -- The governance entry that opened it.
  entry_index bigint not null,
  constraint log_pk primary key (network_id, generation),
  constraint log_of_network foreign key (network_id) references ledger.network,
  constraint log_origin_once unique (network_id, origin),
  constraint log_generation_from_one check (generation >= 1)
);

-- https://c2sp.org/tlog-tiles: up to 256 hashes. A narrower tile of a smaller tree is the beginning of these bytes.
create table ledger.tile (
  network_id int not null,
  generation smallint not null,
  level smallint not null,
  tile_index bigint not null,
  hashes bytea not null,
  constraint tile_pk primary key (network_id, generation, level, tile_index),
  constraint tile_of_log foreign key (network_id, generation) references ledger.log,
  constraint tile_whole_hashes check (length(hashes) % 32 = 0 and length(hashes) between 32 and 8192)
);
-- Hashes don't compress.
alter table ledger.tile alter column hashes set storage external;

create table ledger.checkpoint (
  network_id int not null,
  generation smallint not null,
  size bigint not null,
  root bytea not null,
  -- The log's own Ed25519 signature over the checkpoint's text.
  signature bytea not null,
  signed_at timestamptz not null,
  -- When enough witnesses had cosigned it.
  quorum_at timestamptz,
  constraint checkpoint_pk primary key (network_id, generation, size),
  constraint checkpoint_of_log foreign key (network_id, generation) references ledger.log,
  constraint checkpoint_of_something check (size > 0),
  constraint checkpoint_root check (length(root) = 32),
  constraint checkpoint_signature check (length(signature) = 64)
);

create index checkpoint_with_quorum on ledger.checkpoint (network_id, generation, size) where quorum_at is not null;

-- Why a network's log isn't signed at present. What proves it is kept, so that a restart doesn't forget it: the tree that
-- was seen elsewhere, or the entry whose rows were changed.
create table ledger.log_refusal (
  network_id int not null,
  code text not null,
  reason text not null,
  since timestamptz not null,
  seen_origin text,
  seen_size bigint,
  seen_root bytea,
  entry_index bigint,
  constraint log_refusal_pk primary key (network_id),
  constraint log_refusal_of_network foreign key (network_id) references ledger.network,
  constraint log_refusal_code check (
    code in ('behind', 'forked', 'rows_changed', 'tree_changed', 'key_differs', 'memory_damaged')
  ),
  constraint log_refusal_seen_whole check (
    (seen_origin is null) = (seen_size is null) and (seen_origin is null) = (seen_root is null)
  )
);

-- A network that is behind what was signed of it writes no entries, until the log is recovered.
alter table ledger.head add column halted boolean not null default false;

create function ledger.refuse_while_halted() returns trigger language plpgsql as $$
begin
  raise exception 'the log of network % is behind what was signed of it: nothing is posted', new.network_id
    using errcode = 'TS001', hint = 'restore a newer backup, or run npm run recover';
end $$;

create trigger refuse_while_halted before update of next_index on ledger.head
  for each row when (old.halted and new.halted and new.next_index is distinct from old.next_index)
  execute function ledger.refuse_while_halted();

create function ledger.only_grows() returns trigger language plpgsql as $$
begin
  raise exception 'a tile only grows' using errcode = 'insufficient_privilege';
end $$;

create trigger tile_only_grows before update on ledger.tile
  for each row when (substring(new.hashes for length(old.hashes)) is distinct from old.hashes)
  execute function ledger.only_grows();

revoke execute on function ledger.refuse_while_halted, ledger.only_grows from public;

do $$
declare
  name text;
begin
  foreach name in array array['log', 'tile', 'checkpoint', 'log_refusal'] loop
    execute format(
      'create trigger only_the_ledger_writes before insert or update or delete or truncate on ledger.%I
       for each statement when (current_user <> ''tally_poster'')
       execute function ledger.only_the_ledger_writes()', name);
    execute format('grant select, insert on ledger.%I to tally_poster', name);
    execute format('grant select on ledger.%I to tally_api', name);
  end loop;
  foreach name in array array['tile', 'checkpoint'] loop
    execute format(
      'create trigger never_deleted before delete or truncate on ledger.%I
       for each statement execute function ledger.never_changes()', name);
  end loop;
  create trigger never_changes before update or delete or truncate on ledger.log
    for each statement execute function ledger.never_changes();
end $$;

grant update (halted) on ledger.head to tally_poster;
grant update (hashes) on ledger.tile to tally_poster;
grant update (quorum_at) on ledger.checkpoint to tally_poster;
grant delete on ledger.log_refusal to tally_poster;
