interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL(url: string): string
  }
}

const address = '/till/service-worker.js'

/** Has the page and the scanner kept for when there is no network. */
export function registerWorker(): void {
  // The page's content policy takes addresses of scripts from this policy alone.
  const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes
  const policy = trustedTypes?.createPolicy('tallystick', {
    createScriptURL(url) {
      if (url !== address) throw new TypeError('not a script of the till')
      return url
    },
  })
  void navigator.serviceWorker.register(policy?.createScriptURL(address) ?? address)
}
