import { useSyncExternalStore } from 'react'

const base = '/wallet'

/** The screens of one network. */
export const networkScreens = [
  'pay',
  'points',
  'history',
  'shops',
  'give',
  'receive',
  'claim',
  'notices',
  'settings',
  'profile',
  'devices',
  'consents',
  'data',
  'erase',
  'responsible',
  'help',
] as const
export type NetworkScreen = (typeof networkScreens)[number]

/** Where in the app one is. */
export type Place =
  | { readonly screen: 'start' }
  | { readonly screen: 'networks' }
  | { readonly screen: 'join'; readonly network: string | null }
  | { readonly screen: 'home' | NetworkScreen; readonly network: string; readonly item: string | null }

/** The place at an address below `/wallet/`; what is no place is the start. */
export function readPlace(path: string): Place {
  const [first, network, screen, item] = path.slice(base.length).split('/').filter(Boolean).map(decode)
  if (first === 'networks') return { screen: 'networks' }
  if (first === 'join') return { screen: 'join', network: network ?? null }
  if (first === 'give' && network) return { screen: 'give', network, item: null }
  if (first !== 'n' || !network) return { screen: 'start' }
  if (screen === undefined) return { screen: 'home', network, item: null }
  const known = networkScreens.find((each) => each === screen)
  return { screen: known ?? 'home', network, item: item ?? null }
}

/** What is no percent-encoding stands for itself. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The address of a network's screen. */
export function pathTo(network: string, screen: 'home' | NetworkScreen, item?: string): string {
  const parts = [network, ...(screen === 'home' ? [] : [screen]), ...(item ? [item] : [])]
  return `${base}/n/${parts.map(encodeURIComponent).join('/')}`
}

export const startPath = `${base}/`
export const networksPath = `${base}/networks`

/** The address that joins a network, as posters have it; null: one is still to be named. */
export function joinPath(network: string | null): string {
  return network === null ? `${base}/join` : `${base}/join/${encodeURIComponent(network)}`
}

const moved = new EventTarget()
let moves = 0

/** Goes to an address of the app. */
export function go(path: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', path)
  else history.pushState(null, '', path)
  moves += 1
  moved.dispatchEvent(new Event('move'))
  scrollTo(0, 0)
}

/** Whether one has moved since the app was opened: only then does a new screen take the focus. */
export function hasMoved(): boolean {
  return moves > 0
}

function subscribe(onChange: () => void): () => void {
  const onPop = () => {
    moves += 1
    onChange()
  }
  moved.addEventListener('move', onChange)
  addEventListener('popstate', onPop)
  return () => {
    moved.removeEventListener('move', onChange)
    removeEventListener('popstate', onPop)
  }
}

/** The path of the address, kept up to date. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname)
}
