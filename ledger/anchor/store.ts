import { sql } from 'kysely'
import type { CredentialId, NetworkId } from '../commands.ts'
import type { Db, Tx } from '../database/connect.ts'
import { recoverCheckpointSigner, type AnchorCheckpoint, type AnchorContract } from './anchor-message.ts'

/** What reads, and what calls functions; a transaction as well as the database. */
type Reading = Pick<Db, 'selectFrom' | 'getExecutor'>

/** The contract that keeps a network's checkpoints, as an entry of its log named it. */
export interface NamedContract extends AnchorContract {
  readonly network: NetworkId
  /** Of the entry that named it. */
  readonly entryIndex: bigint
  /** Which of the network's logs it is for. */
  readonly generation: number
  /** The block it is in; there are no anchors before. */
  readonly deployedBlock: bigint
}

/** A checkpoint that was seen on chain, with its confirmations. */
export interface Anchor {
  readonly size: bigint
  readonly root: Buffer
  readonly blockNumber: bigint
  readonly blockHash: Buffer
  readonly transactionHash: Buffer
}

/** A checkpoint that could be anchored: what witnesses signed of it for the contract. */
export interface SignedForChain {
  readonly size: bigint
  readonly root: Buffer
  readonly signedAt: Date
  readonly signatures: readonly { signer: string; signature: string }[]
}

/** Sizes that are looked at, the newest first. */
const sizeCountMax = 5

/** The contract that counts; null where the network has none. */
export async function readAnchorContract(db: Reading, network: NetworkId): Promise<NamedContract | null> {
  const row = await db
    .selectFrom('ledger.anchor_contract')
    .select(['entry_index', 'generation', 'chain_id', 'address', 'deployed_block'])
    .where('network_id', '=', network)
    .orderBy('entry_index', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row
    ? {
        network,
        entryIndex: row.entry_index,
        generation: row.generation,
        chainId: row.chain_id,
        address: toHex(row.address),
        deployedBlock: row.deployed_block,
      }
    : null
}

/** Every network that has a contract, in order. */
export async function listAnchoredNetworks(db: Reading): Promise<NetworkId[]> {
  const rows = await db
    .selectFrom('ledger.anchor_contract')
    .select('network_id')
    .distinct()
    .orderBy('network_id')
    .execute()
  return rows.map((row) => row.network_id as NetworkId)
}

/**
 * Names the contract that keeps the network's checkpoints from now on, in an entry of the log; one named before stays as
 * it is. Answers the entry's index. Throws where the network has no log yet.
 */
export async function nameAnchorContract(
  tx: Pick<Tx, 'getExecutor'>,
  network: NetworkId,
  {
    chainId,
    address,
    deployedBlock,
    by,
  }: AnchorContract & { deployedBlock: bigint; by: CredentialId | null },
): Promise<bigint> {
  const { rows } = await sql<{ index: bigint }>`
    select ledger.name_anchor_contract(${network}, ${chainId}, ${toBytes(address)}, ${deployedBlock}, ${by}) as index`.execute(
    tx as Tx,
  )
  return rows[0]!.index
}

/**
 * Says in an entry of the log whose signatures the contract counts since a change of its witnesses. Answers the entry's
 * index; of a change that is there already, that one's.
 */
export async function recordAnchorWitnesses(
  tx: Pick<Tx, 'getExecutor'>,
  { network, entryIndex }: NamedContract,
  { number, witnesses, quorum }: { number: bigint; witnesses: readonly string[]; quorum: number },
): Promise<bigint> {
  const { rows } = await sql<{ index: bigint }>`
    select ledger.record_anchor_witnesses(${network}, ${entryIndex}, ${number}, ${witnesses.map(toBytes)}::bytea[],
      ${quorum}) as index`.execute(tx as Tx)
  return rows[0]!.index
}

/**
 * Keeps a witness's signature for the chain. False, and nothing kept, where it isn't that of `signer` over the
 * checkpoint, or the network has no contract or no such checkpoint.
 */
export async function addAnchorSignature(
  db: Reading,
  network: NetworkId,
  { checkpoint, signer, signature }: { checkpoint: AnchorCheckpoint; signer: string; signature: string },
): Promise<boolean> {
  const contract = await readAnchorContract(db, network)
  if (!contract) return false
  const recovered = recoverCheckpointSigner(contract, checkpoint, signature)
  if (recovered?.toLowerCase() !== signer.toLowerCase()) return false
  const { rows } = await sql<{ kept: boolean }>`
    select ledger.add_anchor_signature(${network}, ${checkpoint.size}, ${toBytes(signer)}, ${toBytes(signature)}) as kept`.execute(
    db as Db,
  )
  return rows[0]?.kept === true
}

/** Whether this very signature for the chain is kept. */
export async function hasAnchorSignature(
  db: Reading,
  network: NetworkId,
  { size, signature }: { size: number; signature: string },
): Promise<boolean> {
  const contract = await readAnchorContract(db, network)
  if (!contract) return false
  const row = await db
    .selectFrom('ledger.anchor_signature')
    .select('size')
    .where('network_id', '=', network)
    .where('contract_index', '=', contract.entryIndex)
    .where('size', '=', BigInt(size))
    .where('signature', '=', toBytes(signature))
    .executeTakeFirst()
  return row !== undefined
}

/** Checkpoints above `size` that a quorum of these witnesses signed for the contract, the newest first. */
export async function readSignedAbove(
  db: Reading,
  contract: NamedContract,
  { size, witnesses, quorum }: { size: bigint; witnesses: ReadonlySet<string>; quorum: number },
): Promise<SignedForChain[]> {
  const { rows } = await sql<{
    size: bigint
    root: Buffer
    signed_at: Date
    signers: Buffer[]
    signatures: Buffer[]
  }>`
    select s.size, c.root, c.signed_at, array_agg(s.signer order by s.signer) as signers,
      array_agg(s.signature order by s.signer) as signatures
    from ledger.anchor_signature s
    join ledger.checkpoint c
      on c.network_id = s.network_id and c.generation = s.generation and c.size = s.size
    where s.network_id = ${contract.network} and s.contract_index = ${contract.entryIndex} and s.size > ${size}
      and s.signer = any(${[...witnesses].map(toBytes)}::bytea[])
    group by s.size, c.root, c.signed_at having count(*) >= ${quorum}
    order by s.size desc limit ${sizeCountMax}`.execute(db as Db)
  return rows.map((row) => ({
    size: row.size,
    root: row.root,
    signedAt: row.signed_at,
    signatures: row.signers.map((signer, i) => ({
      signer: toHex(signer),
      signature: toHex(row.signatures[i]!),
    })),
  }))
}

/** The anchors of a contract that count, the newest first. */
export async function readAnchors(db: Reading, contract: NamedContract, limit?: number): Promise<Anchor[]> {
  const rows = await db
    .selectFrom('ledger.anchor')
    .select(['size', 'root', 'block_number', 'block_hash', 'transaction_hash'])
    .where('network_id', '=', contract.network)
    .where('contract_index', '=', contract.entryIndex)
    .where('vanished_at', 'is', null)
    .orderBy('size', 'desc')
    .$if(limit !== undefined, (query) => query.limit(limit ?? 0))
    .execute()
  return rows.map((row) => ({
    size: row.size,
    root: row.root,
    blockNumber: row.block_number,
    blockHash: row.block_hash,
    transactionHash: row.transaction_hash,
  }))
}

export async function recordAnchor(db: Reading, contract: NamedContract, anchor: Anchor): Promise<void> {
  await sql`select ledger.record_anchor(${contract.network}, ${contract.entryIndex}, ${anchor.size}, ${anchor.root},
    ${anchor.blockNumber}, ${anchor.blockHash}, ${anchor.transactionHash})`.execute(db as Db)
}

/** Its block is no longer on the chain. */
export async function forgetAnchor(db: Reading, contract: NamedContract, anchor: Anchor): Promise<void> {
  await sql`select ledger.forget_anchor(${contract.network}, ${contract.entryIndex}, ${anchor.size},
    ${anchor.blockHash})`.execute(db as Db)
}

/** How far the chain is behind one network's log. */
export interface AnchorLag {
  readonly network: NetworkId
  /** Of the newest anchor that counts; 0: none yet. */
  readonly anchoredSize: number
  /** Entries that it doesn't cover. */
  readonly entries: number
  /** How old the oldest of those is; 0 where there are none. */
  readonly seconds: number
}

/** For every network that has a contract. */
export async function readAnchorLags(db: Reading): Promise<AnchorLag[]> {
  const { rows } = await sql<{ network_id: NetworkId; size: bigint; entries: bigint; seconds: number }>`
    select h.network_id, newest.size, h.next_index - newest.size as entries,
      coalesce(extract(epoch from clock_timestamp() - oldest.posted_at), 0)::float8 as seconds
    from ledger.head h
    cross join lateral (select x.entry_index from ledger.anchor_contract x
      where x.network_id = h.network_id order by x.entry_index desc limit 1) contract
    cross join lateral (select coalesce(max(x.size), 0) as size from ledger.anchor x
      where x.network_id = h.network_id and x.contract_index = contract.entry_index and x.vanished_at is null) newest
    left join lateral (
      select x.posted_at from ledger.transaction x
        where x.network_id = h.network_id and x.entry_index = newest.size and newest.size < h.next_index
      union all select x.posted_at from ledger.governance x
        where x.network_id = h.network_id and x.entry_index = newest.size and newest.size < h.next_index) oldest on true
    order by h.network_id`.execute(db as Db)
  return rows.map((row) => ({
    network: row.network_id,
    anchoredSize: Number(row.size),
    entries: Number(row.entries),
    seconds: Math.max(0, row.seconds),
  }))
}

/** `0x` and hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`
}

/** The bytes of `0x` and hexadecimal digits. */
export function toBytes(hex: string): Buffer {
  return Buffer.from(hex.slice(2), 'hex')
}
