import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Snapshot } from './snapshot.ts'

/** What this device is in one network. */
export interface Membership {
  /** The slug. */
  readonly network: string
  readonly name: string
  /** `cus_…` */
  readonly customer: string
  /** `wal_…` */
  readonly wallet: string
  /** `dev_…`, whose key signs this wallet's QRs. */
  readonly device: string
  /** Its private key can be used, and never read, not even by this app. */
  readonly key: CryptoKeyPair
}

/** What the app remembers of its user beside that. */
export interface Settings {
  readonly language: string
  readonly lastNetwork: string
  /** The server's clock minus this device's, in milliseconds. */
  readonly clockOffsetMs: number
}

interface WalletSchema extends DBSchema {
  membership: { key: string; value: Membership }
  snapshot: { key: string; value: Snapshot }
  setting: { key: string; value: string | number }
  /** By network: until when its notices were read, as a time. */
  'notices-read': { key: string; value: string }
}

/** The app's own database on this device (IndexedDB). */
export type WalletDatabase = IDBPDatabase<WalletSchema>

/** Opens it, and makes it at the first time. */
export function openDatabase(): Promise<WalletDatabase> {
  return openDB<WalletSchema>('tallystick-wallet', 1, {
    upgrade(db) {
      db.createObjectStore('membership', { keyPath: 'network' })
      db.createObjectStore('snapshot', { keyPath: 'network' })
      db.createObjectStore('setting')
      db.createObjectStore('notices-read')
    },
  })
}

/** Reads all settings there are. */
export async function readSettings(db: WalletDatabase): Promise<Partial<Settings>> {
  const [keys, values] = await Promise.all([db.getAllKeys('setting'), db.getAll('setting')])
  return Object.fromEntries(keys.map((key, i) => [key, values[i]])) as Partial<Settings>
}

/** Remembers one. */
export async function writeSetting<Key extends keyof Settings>(
  db: WalletDatabase,
  key: Key,
  value: Settings[Key],
): Promise<void> {
  await db.put('setting', value, key)
}

/** Forgets a network on this device: its key is gone for good. */
export async function forgetMembership(db: WalletDatabase, network: string): Promise<void> {
  await Promise.all([
    db.delete('membership', network),
    db.delete('snapshot', network),
    db.delete('notices-read', network),
  ])
}
