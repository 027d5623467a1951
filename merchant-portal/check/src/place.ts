/** What an address below `/check/` means. */
export interface Place {
  /** The slug; empty: none is named. */
  readonly network: string
  readonly page: 'log' | 'export'
}

/** `/check/riverside`, `/check/riverside/export`: the network is in the address, so that it can be handed on. */
export function readPlace(path: string): Place {
  const [, , network = '', page] = path.split('/')
  return { network: decode(network), page: page === 'export' ? 'export' : 'log' }
}

/** Where a network's page is. */
export function pathTo({ network, page }: Place): string {
  return `/check/${encodeURIComponent(network)}${page === 'export' ? '/export' : ''}`
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
