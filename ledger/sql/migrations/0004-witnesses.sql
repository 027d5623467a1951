-- Who co-signs the log's checkpoints, and what they have co-signed.

-- Version by version: one entry of the log proposes it, another one starts it.
create table ledger.witness_policy (
  network_id int not null,
  version int not null,
  -- How many of its witnesses are a quorum; 0: a checkpoint needs none.
  quorum smallint not null,
  -- C2SP tlog-policy without the log's own line. Its SHA-256 is in the entry that proposed it.
  text text not null,
  proposed_index bigint not null,
  constraint witness_policy_pk primary key (network_id, version),
  constraint witness_policy_version_from_one check (version >= 1),
  constraint witness_policy_quorum_not_negative check (quorum >= 0)
);

create table ledger.witness (
  network_id int not null,
  version int not null,
  -- Within the policy.
  name text not null,
  -- C2SP signed-note: name, key id and, in the last 44 characters, the key.
  vkey text not null,
  -- Where it answers tlog-witness.
  url text,
  -- Whose signatures the contract counts.
  chain_address bytea,
  constraint witness_pk primary key (network_id, version, name),
  constraint witness_policy_fk foreign key (network_id, version)
    references ledger.witness_policy (network_id, version),
  constraint witness_name_plain check (name ~ '^[a-z0-9][a-z0-9.-]{0,62}$' and name <> 'none'),
  constraint witness_vkey_plain check (vkey ~ '^[!-*,-~]{1,200}[+][0-9a-f]{8}[+][A-Za-z0-9+/]{44}$'),
  constraint witness_url_plain check (url ~ '^https?://[!-~]+$'),
  constraint witness_chain_address_length check (octet_length(chain_address) = 20)
);
create unique index witness_key_once on ledger.witness (network_id, version, right(vkey, 44));
create unique index witness_chain_address_once on ledger.witness (network_id, version, chain_address);

create table ledger.witness_policy_start (
  network_id int not null,
  version int not null,
  entry_index bigint not null,
  constraint witness_policy_start_pk primary key (network_id, version),
  constraint witness_policy_start_fk foreign key (network_id, version)
    references ledger.witness_policy (network_id, version)
);

-- The one checkpoint that witnesses are asked to co-sign, so that they sign the same size.
create table ledger.candidate (
  network_id int not null,
  generation smallint not null,
  size bigint not null,
  offered_at timestamptz not null,
  constraint candidate_pk primary key (network_id),
  constraint candidate_checkpoint_fk foreign key (network_id, generation, size)
    references ledger.checkpoint (network_id, generation, size)
);

create table ledger.cosignature (
  network_id int not null,
  generation smallint not null,
  size bigint not null,
  -- The witness's, which may be in several versions of the policy.
  vkey text not null,
  -- C2SP tlog-cosignature: 8 bytes of time, 64 of Ed25519.
  signature bytea not null,
  received_at timestamptz not null,
  constraint cosignature_pk primary key (network_id, generation, size, vkey),
  constraint cosignature_checkpoint_fk foreign key (network_id, generation, size)
    references ledger.checkpoint (network_id, generation, size),
  constraint cosignature_length check (octet_length(signature) = 72)
);
create index cosignature_by_witness on ledger.cosignature (network_id, vkey, generation, size);

do $$
declare
  name text;
begin
  foreach name in array array['witness_policy', 'witness', 'witness_policy_start', 'candidate', 'cosignature']
  loop
    execute format(
      'create trigger only_the_ledger_writes before insert or update or delete or truncate on ledger.%I
       for each statement when (current_user <> ''tally_poster'')
       execute function ledger.only_the_ledger_writes()', name);
    execute format('grant select, insert on ledger.%I to tally_poster', name);
    execute format('grant select on ledger.%I to tally_api', name);
  end loop;
  foreach name in array array['witness_policy', 'witness', 'witness_policy_start', 'cosignature']
  loop
    execute format(
      'create trigger never_changes before update or delete or truncate on ledger.%I
       for each statement execute function ledger.never_changes()', name);
  end loop;
end $$;
create trigger never_deleted before delete or truncate on ledger.candidate
  for each statement execute function ledger.never_changes();
grant update (generation, size, offered_at) on ledger.candidate to tally_poster;
