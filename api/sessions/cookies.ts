import type { Request, Response } from 'express'
import { endOf, knownBrowserPrefix, type KnownBrowser } from './known-browsers.ts'

// Only the routes of sessions ever see them, those that make browsers known also where customers sign in; no other route
// takes a cookie for anything.
const path = '/v1/sessions'
const signInPaths = { staff: path, customer: '/v1/wallet-sessions' } as const
const loopback = new Set(['localhost', '127.0.0.1', '::1', '[::1]'])

/** Which refresh cookie: one for each network, and staff and customers apart, so that a browser can hold several. */
export interface CookieOf {
  readonly kind: 'staff' | 'customer'
  /** The slug; null for the deployment's operator. */
  readonly network: string | null
}

function nameOf({ kind, network }: CookieOf): string {
  return `tally_${kind}${network === null ? '' : `_${network}`}`
}

/** Hands out a refresh token that scripts can't read and other sites can't send (RFC 6265bis). */
export function setRefreshCookie(
  req: Request,
  res: Response,
  { token, expiresAt, ...of }: CookieOf & { readonly token: string; readonly expiresAt: Date },
): void {
  res.cookie(nameOf(of), token, { ...attributes(req), expires: expiresAt })
}

/** Takes it back. */
export function clearRefreshCookie(req: Request, res: Response, of: CookieOf): void {
  res.clearCookie(nameOf(of), attributes(req))
}

/** The refresh token that came with a request. */
export function readRefreshCookie(req: Request, of: CookieOf): string | undefined {
  return readCookies(req).get(nameOf(of))
}

/** Of more, a browser that many share would send more than a server takes. */
const knownBrowsersMax = 20

/** Lets a browser be known when somebody signs in from it again; whoever did so longest ago is forgotten above the most. */
export function setKnownBrowserCookie(
  req: Request,
  res: Response,
  { kind, name, token, expiresAt }: Pick<CookieOf, 'kind'> & KnownBrowser,
): void {
  const options = { ...attributes(req), path: signInPaths[kind] }
  const others = [...readCookies(req)]
    .filter(([other]) => other.startsWith(knownBrowserPrefix) && other !== name)
    .toSorted(([, one], [, other]) => endOf(other) - endOf(one))
  for (const [other] of others.slice(knownBrowsersMax - 1)) res.clearCookie(other, options)
  res.cookie(name, token, { ...options, expires: expiresAt })
}

/** The cookies that came with a request, by their names; of two of one name the first. */
export function readCookies(req: Request): ReadonlyMap<string, string> {
  const pairs = (req.get('cookie') ?? '').split(';').map((pair) => pair.trim().split('='))
  return new Map(pairs.toReversed().map(([name = '', value = '']) => [name, value]))
}

function attributes(req: Request) {
  // Browsers keep no Secure cookie of http://, where there is no TLS on loopback.
  const secure = !loopback.has(req.hostname)
  return { httpOnly: true, sameSite: 'strict', secure, path } as const
}
