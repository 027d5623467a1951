import { join } from 'node:path'

export const projectFolder = join(import.meta.dirname, '../..')

/** A web app that this server serves. What it may do in the browser besides showing what comes from here: */
export interface WebApp {
  /** Its address: `wallet` is served at `/wallet/`. */
  readonly name: string
  /** Its sources, below the project; they hold a `vite.config.ts`. */
  readonly folder: string
  /** Compile WebAssembly that we serve (a barcode decoder). */
  readonly webAssembly?: true
  /** Ask for the camera. */
  readonly camera?: true
  /** Only strings that its own policy `tallystick` made may become scripts; none becomes HTML (Trusted Types). */
  readonly trustedTypes?: true
}

/** All of them. A further app is a line here, a folder with a `vite.config.ts` and an `index.html`. */
export const webApps: readonly WebApp[] = [
  { name: 'wallet', folder: 'customer-wallet', trustedTypes: true },
  { name: 'till', folder: 'merchant-portal/till', camera: true, webAssembly: true, trustedTypes: true },
  // For everyone, without signing in: how a network's log stands, and whether a receipt holds.
  { name: 'check', folder: 'merchant-portal/check', trustedTypes: true },
]
