/// <reference lib="webworker" />

/** The addresses of all built files; the build puts them here. */
declare const TALLYSTICK_PRECACHE: Addresses

/** Paths on this server. */
export type Addresses = readonly string[]

// A page's types name the global object otherwise; in this module, which the export makes it, it is a service worker's.
declare const self: ServiceWorkerGlobalScope

const page = '/till/'
const kept = new Set([page, '/till/mark.svg', '/till/manifest.webmanifest', ...TALLYSTICK_PRECACHE])
const cacheName = 'tallystick-till'

self.addEventListener('install', (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()))
})

// Only the page and its files: whatever the API answers goes by and is kept nowhere.
self.addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url)
  if (event.request.method !== 'GET' || origin !== location.origin) return
  const address = event.request.mode === 'navigate' && pathname.startsWith(page) ? page : pathname
  if (kept.has(address)) event.respondWith(answer(address, event.request))
})

async function keepAll(): Promise<void> {
  const cache = await caches.open(cacheName)
  // The page has the names of this build's files in it, so it must not come from an older cache.
  await cache.addAll([...kept].map((address) => new Request(address, { cache: 'reload' })))
}

async function forgetOthers(): Promise<void> {
  const cache = await caches.open(cacheName)
  for (const request of await cache.keys()) {
    if (!kept.has(new URL(request.url).pathname)) await cache.delete(request)
  }
}

async function answer(address: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName)
  return (await cache.match(address)) ?? (await fetch(request))
}
