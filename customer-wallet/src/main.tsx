import '../../clients/web/font.css'
import '../../clients/web/tokens.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Waiting } from '../../clients/web/mark.tsx'

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <Waiting label="Loading" />
  </StrictMode>,
)
