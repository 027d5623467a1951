import react from '@vitejs/plugin-react'
import { join } from 'node:path'
import type { Plugin, UserConfig } from 'vite'

/** What the server replaces by each answer's nonce; `api/web/router.ts` knows it too. */
const noncePlaceholder = 'TALLYSTICK-NONCE'
/** Stands in a service worker for the list of files to keep: `declare const TALLYSTICK_PRECACHE: readonly string[]`. */
const precachePlaceholder = 'TALLYSTICK_PRECACHE'

/** How to build one web app; `folder` holds `index.html`, and `src/service-worker.ts` where it works offline. */
export interface AppBuild {
  readonly folder: string
  /** Where it is served, with slashes around: `/wallet/`. */
  readonly base: string
  /** Whether there is a service worker; it is served as `service-worker.js`. */
  readonly worksOffline?: boolean
}

/** The Vite configuration that our web apps share. */
export function configureApp({ folder, base, worksOffline = false }: AppBuild): UserConfig {
  const page = join(folder, 'index.html')
  const input: Record<string, string> = { app: page }
  if (worksOffline) input['service-worker'] = join(folder, 'src/service-worker.ts')
  return {
    base,
    plugins: [pickIcons(), react(), ...(worksOffline ? [listFilesToKeep(base)] : [])],
    html: { cspNonce: noncePlaceholder },
    build: {
      target: 'es2022',
      // A data: address would need an exception from the content policy.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1500,
      rolldownOptions: {
        input,
        output: {
          entryFileNames: ({ name }) =>
            name === 'service-worker' ? 'service-worker.js' : 'assets/[name]-[hash].js',
          chunkFileNames: 'assets/[name]-[hash].js',
          assetFileNames: 'assets/[name]-[hash][extname]',
        },
      },
    },
  }
}

/** Imports each icon from its own file: reading the thousands of others takes seconds. */
function pickIcons(): Plugin {
  const importOfIcons = /import \{([^}]*)\} from '@tabler\/icons-react'/g
  const importOne = (name: string) => `import ${name} from '@tabler/icons-react/dist/esm/icons/${name}.mjs'`
  return {
    name: 'tallystick-icons',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('.tsx')) return null
      const picked = code.replace(importOfIcons, (_all, names: string) =>
        (names.match(/\w+/g) ?? []).map(importOne).join('; '),
      )
      return { code: picked, map: null }
    },
  }
}

/**
 * Puts the addresses of all built files in place of `TALLYSTICK_PRECACHE` in the service worker. They have their content's
 * hash in their names, so a new build is a new worker.
 */
function listFilesToKeep(base: string): Plugin {
  return {
    name: 'tallystick-precache',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle).filter((file) => file.startsWith('assets/') && !file.endsWith('.map'))
      const worker = bundle['service-worker.js']
      if (worker?.type !== 'chunk') throw new Error('there is no service-worker.js in the bundle')
      const list = JSON.stringify(files.toSorted().map((file) => base + file))
      worker.code = worker.code.replace(precachePlaceholder, () => list)
    },
  }
}
