import { Component, type ReactNode } from 'react'
import { LanguageContext } from '../language.tsx'
import { Notice } from './notice.tsx'

/** What is shown where a screen breaks, e.g. because a part of it could not be loaded. */
export class Boundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  static override contextType = LanguageContext
  declare context: React.ContextType<typeof LanguageContext>
  override state = { isBroken: false }

  static getDerivedStateFromError() {
    return { isBroken: true }
  }

  override render() {
    if (!this.state.isBroken) return this.props.children
    return (
      <main className="page">
        <Notice kind="bad">
          <p>{this.context?.say('fault.app')}</p>
          <button type="button" onClick={() => location.reload()}>
            {this.context?.say('try-again')}
          </button>
        </Notice>
      </main>
    )
  }
}
