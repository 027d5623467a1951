import type { Client } from 'openapi-fetch'
import type { components, paths } from './schema.js'

export type { components, operations, paths } from './schema.js'

/** Why a call was refused (RFC 9457). Go by its `code`. */
export type Problem = components['schemas']['Problem']

export interface TallystickOptions {
  /** Where the server is, without a slash at the end. */
  readonly url: string
  /** A till key or a session token, or how to get the one that is good now. None for what anyone may call. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>)
  /** Instead of the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/**
 * A client: `const { data, error } = await tallystick.POST('/v1/purchases', { params: { header: { 'Idempotency-Key':
 * crypto.randomUUID() } }, body: { … } })`. Exactly one of `data` and `error` is there; `error` is a `Problem`.
 * Send a request that got no answer again with the same Idempotency-Key.
 */
export function createTallystick(options: TallystickOptions): Client<paths>
