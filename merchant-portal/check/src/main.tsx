import '../../../clients/web/font.css'
import '../../../clients/web/tokens.css'
import './check.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { readPlace } from './place.ts'
import { WhichNetwork } from './which-network.tsx'
import { speak } from './words.ts'

const place = readPlace(location.pathname)
const words = speak()
createRoot(document.getElementById('app')!).render(
  <StrictMode>
    {place.network === '' ? <WhichNetwork words={words} /> : <App place={place} words={words} />}
  </StrictMode>,
)
