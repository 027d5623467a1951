import '../../../clients/web/font.css'
import '../../../clients/web/tokens.css'
import './till.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { prepareDetectors } from './camera.ts'
import { registerWorker } from './register-worker.ts'
import { startClock } from './clock.ts'
import { openTillStore } from './store.ts'

const store = await openTillStore()
startClock((await store.get('clock', 'aheadMs')) ?? 0, (aheadMs) => {
  void store.put('clock', aheadMs, 'aheadMs')
})
createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <App store={store} />
  </StrictMode>,
)
registerWorker()
// So that the first scan does not wait for the decoder, and the worker keeps it.
void prepareDetectors()
// A tablet that is short of space should forget anything else first.
void navigator.storage.persist()
