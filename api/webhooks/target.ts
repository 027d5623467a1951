import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** All of IPv6 that is given out for public use (RFC 4291, section 2.4; IANA's registry of its address space). */
const globalUnicast = ipaddr.parseCIDR('2000::/3')

/** Where messages may go. */
export interface TargetRules {
  /** Plain `http:` too. */
  readonly allowHttp: boolean
  /** Networks in CIDR notation that may be reached although they are not public. */
  readonly allowedNetworks: readonly string[]
  /** All addresses of a name. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>
}

/** Only public addresses, only `https:`. */
export const publicTargetsOnly: TargetRules = { allowHttp: false, allowedNetworks: [] }

/** Why an address may not be a target at all, without asking what its name stands for; null: it may. */
export function faultOfUrl(url: string, rules: TargetRules): string | null {
  const parsed = URL.parse(url)
  if (parsed === null) return 'must be a URL'
  const { protocol, username, password, hash } = parsed
  if (protocol !== 'https:' && !(protocol === 'http:' && rules.allowHttp)) return 'must begin with https://'
  if (username !== '' || password !== '' || hash !== '') return 'must have no user, password or fragment'
  const host = hostOf(parsed)
  // RFC 6761 section 6.3: these names are this machine's, whatever a resolver says.
  const isOwnName = /^(?:.*\.)?localhost\.?$/.test(host)
  const address = isOwnName ? '127.0.0.1' : host
  if (isIP(address) !== 0 && !mayReach(address, rules)) return 'must not be a private address'
  return null
}

/**
 * The one address to connect to. A name is resolved here and nowhere else, so that it can't stand for something else
 * when the connection is made. Null where any of its addresses is not allowed; throws where it has none.
 */
export async function resolveTarget(url: string, rules: TargetRules): Promise<string | null> {
  const host = hostOf(new URL(url))
  const resolve = rules.resolve ?? resolveName
  const addresses = isIP(host) === 0 ? await resolve(host) : [host]
  if (addresses.length === 0) throw new Error('the name has no address')
  return addresses.every((address) => mayReach(address, rules)) ? addresses[0]! : null
}

async function resolveName(hostname: string): Promise<string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address)
}

/** Public unicast, or in a network that the configuration names. An IPv4 address inside an IPv6 one is that one. */
function mayReach(text: string, { allowedNetworks }: TargetRules): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.process(text)
  if (address.range() === 'unicast' && (address.kind() === 'ipv4' || address.match(globalUnicast)))
    return true
  return allowedNetworks.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(network)
    return base.kind() === address.kind() && address.match(base, bits)
  })
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}
