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

interface ServeOptions {
  readonly log: Logger
  /** Ends builds under way. */
  readonly signal?: AbortSignal
  /** Told of what is built anew. */
  readonly tell?: (message: string) => void
}

/**
 * All web apps, at once: what was built of the same sources before is read, the rest is built beside whatever the
 * server does meanwhile. A build that fails is told of in the log; everything else goes on.
 */
export function serveApps(dataFolder: string, options: ServeOptions): readonly ServedApp[] {
  return webApps.map((app) => {
    const served: Serving = { app, state: { is: 'building' } }
    void makeReady(served, dataFolder, options)
    return served
  })
}

interface Serving {
  readonly app: WebApp
  state: State
}

async function makeReady(served: Serving, dataFolder: string, { log, signal, tell }: ServeOptions) {
  const { app } = served
  let isNew = false
  const onBuild = () => {
    isNew = true
    tell?.(`building /${app.name}/, beside all else`)
  }
  try {
    const folder = await ensureBuild(app, { dataFolder, onBuild, ...(signal && { signal }) })
    served.state = { is: 'built', built: await readBuilt(folder) }
    if (isNew) tell?.(`/${app.name}/ is built`)
  } catch (error) {
    served.state = { is: 'failed' }
    if (!signal?.aborted) log.error({ err: error }, `/${app.name}/ can't be served`)
  }
}
