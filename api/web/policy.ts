import type { WebApp } from './apps.ts'

/**
 * The Content-Security-Policy (CSP level 3) of one answer with a page of `app`. Nothing from elsewhere, nothing inline
 * but what carries this answer's nonce, no text that becomes code.
 */
export function contentPolicy(app: WebApp, nonce: string): string {
  const scripts = [`'self'`, `'nonce-${nonce}'`, ...(app.webAssembly ? [`'wasm-unsafe-eval'`] : [])]
  const directives = {
    'default-src': `'none'`,
    'script-src': scripts.join(' '),
    'style-src': `'self' 'nonce-${nonce}'`,
    'img-src': `'self'`,
    'font-src': `'self'`,
    'connect-src': `'self'`,
    'manifest-src': `'self'`,
    'worker-src': `'self'`,
    'base-uri': `'none'`,
    'form-action': `'none'`,
    'frame-ancestors': `'none'`,
    ...(app.trustedTypes && { 'require-trusted-types-for': `'script'`, 'trusted-types': 'tallystick' }),
  }
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}

/** Which of the device's abilities a page of `app` may ask for (Permissions Policy). */
export function permissionsPolicy(app: WebApp): string {
  return `camera=(${app.camera ? 'self' : ''}), microphone=(), geolocation=(), payment=(), usb=()`
}
