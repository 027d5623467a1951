-- Anchors: which contract keeps the log's checkpoints, what the witnesses signed for it, and what was seen on chain.

-- The newest counts. A log that was recovered under another origin has another contract.
create table ledger.anchor_contract (
  network_id int not null,
  -- The governance entry that names it.
  entry_index bigint not null,
  generation smallint not null,
  -- EIP-155.
  chain_id bigint not null,
  address bytea not null,
  -- From this block on there may be anchors.
  deployed_block bigint not null,
  constraint anchor_contract_pk primary key (network_id, entry_index),
  constraint anchor_contract_of_log foreign key (network_id, generation) references ledger.log,
  constraint anchor_contract_once unique (network_id, chain_id, address),
  constraint anchor_contract_chain check (chain_id > 0),
  constraint anchor_contract_address check (length(address) = 20),
  constraint anchor_contract_block check (deployed_block >= 0)
);

-- EIP-712 signatures of checkpoints, each good for one contract.
create table ledger.anchor_signature (
  network_id int not null,
  contract_index bigint not null,
  generation smallint not null,
  size bigint not null,
  -- The witness's address on chain.
  signer bytea not null,
  -- r, s, v.
  signature bytea not null,
  received_at timestamptz not null,
  constraint anchor_signature_pk primary key (network_id, contract_index, size, signer),
  constraint anchor_signature_of_contract foreign key (network_id, contract_index) references ledger.anchor_contract,
  constraint anchor_signature_of_checkpoint foreign key (network_id, generation, size) references ledger.checkpoint,
  constraint anchor_signature_signer check (length(signer) = 20),
  constraint anchor_signature_length check (length(signature) = 65)
);

-- Anchors that had their confirmations. One whose block left the chain has vanished, and may come again in another.
create table ledger.anchor (
  network_id int not null,
  contract_index bigint not null,
  size bigint not null,
  root bytea not null,
  block_number bigint not null,
  block_hash bytea not null,
  transaction_hash bytea not null,
  seen_at timestamptz not null,
  vanished_at timestamptz,
  constraint anchor_pk primary key (network_id, contract_index, size, block_hash),
  constraint anchor_of_contract foreign key (network_id, contract_index) references ledger.anchor_contract,
  constraint anchor_of_something check (size > 0),
  constraint anchor_root check (length(root) = 32),
  constraint anchor_block_hash check (length(block_hash) = 32),
  constraint anchor_transaction_hash check (length(transaction_hash) = 32)
);

do $$
declare
  name text;
begin
  foreach name in array array['anchor_contract', 'anchor_signature', 'anchor'] loop
    execute format(
      'create trigger only_the_ledger_writes before insert or update or delete or truncate on ledger.%I
       for each statement when (current_user <> ''tally_poster'')
       execute function ledger.only_the_ledger_writes()', name);
    execute format('grant select, insert on ledger.%I to tally_poster', name);
    execute format('grant select on ledger.%I to tally_api', name);
  end loop;
  foreach name in array array['anchor_contract', 'anchor_signature'] loop
    execute format(
      'create trigger never_changes before update or delete or truncate on ledger.%I
       for each statement execute function ledger.never_changes()', name);
  end loop;
  create trigger never_deleted before delete or truncate on ledger.anchor
    for each statement execute function ledger.never_changes();
end $$;

grant update (vanished_at) on ledger.anchor to tally_poster;
