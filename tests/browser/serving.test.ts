import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowserStreet, type BrowserStreet } from './support/street.ts'

let here: BrowserStreet
beforeAll(async () => {
  here = await openBrowserStreet()
})
afterAll(() => here?.close())

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(here.url + path, { headers, redirect: 'manual' })

test('a page comes with a content policy of its own: nothing inline, nothing from elsewhere, a new nonce each time', async () => {
  const [first, second] = [await get('/wallet/'), await get('/wallet/join/riverside')]
  for (const answer of [first, second]) {
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|data:|\*/)
    const nonce = /script-src [^;]*'nonce-([^']+)'/.exec(policy)?.[1]
    const page = await answer.text()
    expect(page).toContain(`nonce="${nonce}"`)
    expect(page).not.toContain('TALLYSTICK-NONCE')
  }
  expect(first.headers.get('content-security-policy')).not.toBe(second.headers.get('content-security-policy'))
})

test('built files are kept for ever and come compressed; what has no hash in its name is asked for again', async () => {
  const page = await (await get('/wallet/')).text()
  const script = /src="(\/wallet\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? ''
  for (const [accepted, coding] of [
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['identity', null],
  ] as const) {
    const answer = await get(script, { 'Accept-Encoding': accepted })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-encoding')).toBe(coding)
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(await answer.text()).toContain('createRoot')
  }
  const worker = await get('/wallet/service-worker.js')
  expect(worker.headers.get('cache-control')).toBe('no-cache')
  const again = await get('/wallet/service-worker.js', { 'If-None-Match': worker.headers.get('etag') ?? '' })
  expect(again.status).toBe(304)
})

test('a file that is not there is not answered with a page, and /wallet leads to /wallet/ with its query', async () => {
  expect((await get('/wallet/assets/app-older.js')).status).toBe(404)
  const led = await get('/wallet?from=poster')
  expect([led.status, led.headers.get('location')]).toEqual([308, '/wallet/?from=poster'])
})
