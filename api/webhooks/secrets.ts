import { hkdfSync } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { Uuid } from '../../ledger/index.ts'

/** How long the secret before still signs after a new one was made. */
export const secretOverlapSeconds = 24 * 60 * 60

/** The secret of an endpoint as its owner keeps it (Standard Webhooks): `whsec_` and 32 bytes in base64. */
export function webhookSecret(deploymentSecret: Uint8Array, webhook: Uuid, version: number): string {
  const bytes = hkdfSync('sha256', deploymentSecret, '', `tallystick webhook ${webhook} ${version}`, 32)
  return `whsec_${Buffer.from(bytes).toString('base64')}`
}

/** What is signed, and with which secrets. */
export interface Signing {
  readonly secrets: readonly string[]
  readonly id: string
  readonly at: Date
  readonly body: string
}

/** The headers of a message, signed with every secret that is good: the receiver may know either. */
export function signedHeaders({ secrets, id, at, body }: Signing): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  }
}
