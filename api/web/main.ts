import { webApps } from './apps.ts'
import { ensureBuild } from './builds.ts'

// `npm run build`: builds the web apps beforehand, for machines where the server may not write.
for (const app of webApps) {
  const before = performance.now()
  const folder = await ensureBuild(app, { dataFolder: '.data' })
  console.log(`/${app.name}/ is in ${folder} (${Math.round(performance.now() - before)} ms)`)
}
