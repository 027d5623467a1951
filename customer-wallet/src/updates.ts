import { useSyncExternalStore } from 'react'

let waiting: ServiceWorker | null = null
const changed = new EventTarget()

/** The subset of Trusted Types (W3C) that this app needs. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string }
}

const workerUrl = '/wallet/service-worker.js'

/** Has this app kept on the device, so that it opens without a network; tells when a newer version has come. */
export async function startServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes }
  const policy = trustedTypes?.createPolicy('tallystick', { createScriptURL: () => workerUrl })
  const url = policy?.createScriptURL(workerUrl) ?? workerUrl
  // Where the browser keeps nothing (a private window), the app works with a network only.
  const registration = await navigator.serviceWorker.register(url).catch(() => null)
  if (registration === null) return
  const tell = (worker: ServiceWorker | null) => {
    // The very first one replaces nothing.
    if (worker === null || navigator.serviceWorker.controller === null) return
    waiting = worker
    changed.dispatchEvent(new Event('change'))
  }
  tell(registration.waiting)
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing
    worker?.addEventListener('statechange', () => worker.state === 'installed' && tell(worker))
  })
}

/** Whether a newer version waits. */
export function useUpdate(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      changed.addEventListener('change', onChange)
      return () => changed.removeEventListener('change', onChange)
    },
    () => waiting !== null,
  )
}

/** Takes the newer version: the page loads anew with it. */
export function takeUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has none
  waiting?.postMessage('take over')
}
