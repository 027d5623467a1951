import '../../../clients/web/font.css'
import '../../../clients/web/tokens.css'
import './check.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'

// `/check/riverside`: the network is in the address, so that it can be handed on.
const network = location.pathname.split('/')[2] ?? ''
createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <App network={network} />
  </StrictMode>,
)
