import '../../clients/web/font.css'
import '../../clients/web/tokens.css'
import './app.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createServerClock } from './account/clock.ts'
import { openDatabase, readSettings, writeSetting } from './account/database.ts'
import { AppRoot } from './app.tsx'
import { loadLanguage } from './language.tsx'
import { startServiceWorker } from './updates.ts'

await start()

/** Everything that is on the device is read first: so the first screen has it, network or not. */
async function start(): Promise<void> {
  const db = await openDatabase()
  const [settings, memberships, snapshots] = await Promise.all([
    readSettings(db),
    db.getAll('membership'),
    db.getAll('snapshot'),
  ])
  const language = await loadLanguage(settings.language)
  const clock = createServerClock(settings.clockOffsetMs ?? 0, (offsetMs) => {
    void writeSetting(db, 'clockOffsetMs', offsetMs)
  })
  createRoot(document.getElementById('app')!).render(
    <StrictMode>
      <AppRoot kept={{ db, clock, memberships, snapshots, settings, language }} />
    </StrictMode>,
  )
  void startServiceWorker()
}
