import type { Logger } from 'pino'
import { webApps, type WebApp } from './apps.ts'
import { ensureBuild } from './builds.ts'
import { readBuilt, type BuiltApp } from './files.ts'

type State =
  { readonly is: 'building' } | { readonly is: 'failed' } | { readonly is: 'built'; readonly built: BuiltApp }

/** An app as it can be served at this moment. */
export interface ServedApp {
  readonly app: WebApp
  readonly state: State
}

/**
 * All web apps, at once: what was built of the same sources before is read, the rest is built beside whatever the
 * server does meanwhile. A build that fails is told of in the log; everything else goes on.
 */
export function serveApps(
  dataFolder: string,
  { log, signal }: { readonly log: Logger; readonly signal?: AbortSignal },
): readonly ServedApp[] {
  return webApps.map((app) => {
    const served: { app: WebApp; state: State } = { app, state: { is: 'building' } }
    void ensureBuild(app, { dataFolder, ...(signal && { signal }) })
      .then(readBuilt)
      .then(
        (built) => (served.state = { is: 'built', built }),
        (error: unknown) => {
          served.state = { is: 'failed' }
          if (!signal?.aborted) log.error({ err: error }, `/${app.name}/ can't be served`)
        },
      )
    return served
  })
}
