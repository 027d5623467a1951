import type { KeptReceipt, PairedTill, TillStore } from './store.ts'

const dayMs = 24 * 60 * 60 * 1000
/** Goods come back within weeks; later their receipt is typed. */
const keptForMs = 35 * dayMs

/** Keeps the receipt number of a sale that this tablet rang up, for its history; forgets those of long ago. */
export async function keepReceipt(store: TillStore, receipt: KeptReceipt): Promise<void> {
  const tx = store.transaction('receipts', 'readwrite')
  const until = new Date(Date.parse(receipt.occurredAt) - keptForMs).toISOString()
  for (const old of await tx.store.index('occurredAt').getAllKeys(IDBKeyRange.upperBound(until))) {
    await tx.store.delete(old)
  }
  await tx.store.put(receipt)
  await tx.done
}

/** The receipt numbers that this tablet knows, by transaction. */
export async function readReceipts(store: TillStore): Promise<ReadonlyMap<string, string>> {
  const all = await store.getAll('receipts')
  return new Map(all.map(({ transaction, reference }) => [transaction, reference]))
}

/** Keeps the till that this tablet is from now on; null: none. What was the one before's is not the next one's. */
export async function keepTill(store: TillStore, till: PairedTill | null): Promise<void> {
  const tx = store.transaction(['till', 'receipts'], 'readwrite')
  if (till) await tx.objectStore('till').put(till, 'paired')
  else await Promise.all([tx.objectStore('till').delete('paired'), tx.objectStore('receipts').clear()])
  await tx.done
}
