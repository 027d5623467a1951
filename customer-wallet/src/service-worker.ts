/// <reference lib="webworker" />

/** The addresses of all built files; the build puts them here. */
declare const TALLYSTICK_PRECACHE: Addresses

/** Paths on this server. */
export type Addresses = readonly string[]

// A page's types name the global object otherwise; in this module, which the export makes it, it is a service worker's.
declare const self: ServiceWorkerGlobalScope

// Keeps the app itself on the device: its page and its files, never an answer of the API, which is somebody's own.
const page = '/wallet/'
const files = [page, '/wallet/manifest.webmanifest', '/wallet/mark.svg', ...TALLYSTICK_PRECACHE]
const prefix = 'wallet-'
const cacheName = `${prefix}${hash(files.join())}`

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(files)))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(removeOld().then(() => self.clients.claim()))
})

self.addEventListener('message', (event) => {
  if (event.data === 'take over') void self.skipWaiting()
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin || !pathname.startsWith('/wallet')) return
  const key = request.mode === 'navigate' ? page : pathname
  if (files.includes(key)) event.respondWith(fromCache(key, request))
})

async function fromCache(key: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName)
  return (await cache.match(key)) ?? (await fetch(request))
}

async function removeOld(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(
    names.filter((each) => each.startsWith(prefix) && each !== cacheName).map((each) => caches.delete(each)),
  )
}

/** FNV-1a, 32 bits: only to tell one list of files from another. */
function hash(text: string): string {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return (value >>> 0).toString(16)
}
