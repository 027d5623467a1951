import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { components } from '../../../clients/typescript/index.js'
import type { Shown } from './scanned.ts'

/** This tablet as a till: what it was told when it was paired. The key is its credential. */
export interface PairedTill {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly merchant: { readonly id: string; readonly name: string }
  readonly network: components['schemas']['Network']
}

/** How people want the till; kept on the tablet. */
export interface Settings {
  readonly volume: number
  /** Null: as the tablet's. */
  readonly language: 'en' | 'de' | null
}

/** Who stands at the till, by PIN. */
export interface StaffToken {
  readonly token: string
  /** RFC 3339. */
  readonly until: string
}

/** A sale whose points are still to be given, sent with the same key, receipt and time however often. */
export interface WaitingSale {
  /** `give`: post it. `look`: it was sent and took points, but no answer came; only ask whether it is there. */
  readonly does: 'give' | 'look'
  /** The Idempotency-Key. */
  readonly key: string
  /** The till that it was rung up at. */
  readonly till: string
  /** Whose till that was: keys are unique within a merchant, so any till of it may send the sale, and once. */
  readonly merchant?: string
  readonly customer: Shown | { readonly wallet: string }
  readonly amountMinor: number
  readonly currency: string
  readonly reference: string
  /** RFC 3339. */
  readonly occurredAt: string
  readonly staff: StaffToken | null
  /** When it was last sent (ms, by the tablet's own clock); absent: never. */
  readonly sentAtMs?: number
}

/** A sale that the server would not take, or that needs a look; kept until somebody has seen to it. */
export interface RefusedSale extends WaitingSale {
  /** The refusal's code; `went_through` and `never_arrived` are what a look found. */
  readonly why: string
  /** What went through. */
  readonly transaction: string | null
  /** The server's words, for a refusal that the till has none of its own for. */
  readonly detail?: string
}

/** The receipt number of a sale that this tablet rang up: the server keeps no more than its hash. */
export interface KeptReceipt {
  readonly transaction: string
  readonly reference: string
  /** RFC 3339. */
  readonly occurredAt: string
}

interface TillSchema extends DBSchema {
  till: { key: 'paired'; value: PairedTill }
  settings: { key: 'settings'; value: Settings }
  waiting: { key: string; value: WaitingSale }
  refused: { key: string; value: RefusedSale }
  /** Of the last weeks, by transaction. */
  receipts: { key: string; value: KeptReceipt; indexes: { occurredAt: string } }
  /** By what was asked, the Idempotency-Key of a refund or move that got no answer yet. */
  asked: { key: string; value: string }
  /** How far the server's clock was ahead of the tablet's when it was last heard of, in milliseconds. */
  clock: { key: 'aheadMs'; value: number }
}

export type TillStore = IDBPDatabase<TillSchema>

export const settingsUnlessTold: Settings = { volume: 0.6, language: null }

/** Opens what the tablet keeps, in IndexedDB: it outlives a sign-out and a restart. No answer about a person is in it. */
export async function openTillStore(): Promise<TillStore> {
  return await openDB<TillSchema>('tallystick-till', 3, {
    upgrade(database, before) {
      if (before < 1) {
        database.createObjectStore('till')
        database.createObjectStore('settings')
        database.createObjectStore('waiting', { keyPath: 'key' })
        database.createObjectStore('refused', { keyPath: 'key' })
      }
      if (before < 2) {
        database.createObjectStore('asked')
        database.createObjectStore('clock')
      }
      const receipts = database.createObjectStore('receipts', { keyPath: 'transaction' })
      receipts.createIndex('occurredAt', 'occurredAt')
    },
    // A tab of a newer version must not wait for this one, which could save nothing any more: it becomes new as well.
    blocking(_before, _now, event) {
      ;(event.target as IDBDatabase).close()
      location.reload()
    },
  })
}
