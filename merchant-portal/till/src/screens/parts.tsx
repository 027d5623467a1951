import { IconAlertTriangle, IconArrowLeft } from '@tabler/icons-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { useTill } from '../till-context.tsx'

/**
 * A screen: its title takes the focus when it comes, so that whoever can't see it hears where they are; and again when
 * `turn` changes. Where there is nothing to do but to write into its field, that takes it (`isForField`).
 */
export function Screen({
  title,
  onBack,
  children,
  name,
  turn,
  isForField = false,
}: {
  title: ReactNode
  name: string
  turn?: number
  isForField?: boolean
  onBack?: (() => void) | undefined
  children: ReactNode
}) {
  const screen = useRef<HTMLElement>(null)
  useEffect(() => screen.current?.querySelector<HTMLElement>(isForField ? 'input' : 'h1')?.focus(), [turn])
  return (
    <main ref={screen} className={`screen ${name}`}>
      <div className="title">
        {onBack && <Back onBack={onBack} />}
        <h1 tabIndex={-1}>{title}</h1>
      </div>
      {children}
    </main>
  )
}

function Back({ onBack }: { onBack: () => void }) {
  const { say } = useTill()
  return (
    <button type="button" className="quiet" onClick={onBack}>
      <IconArrowLeft aria-hidden /> {say('back')}
    </button>
  )
}

/** Why not, and what now: a band in the colour of bad news, read out at once. */
export function NoBand({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className="no-band" role="alert">
      <IconAlertTriangle aria-hidden size={32} />
      <p>{text}</p>
      {children && <div className="no-actions">{children}</div>}
    </div>
  )
}

/** A note beside the work, e.g. why something can't be done now. */
export function Note({ text, isAccent = false }: { text: string; isAccent?: boolean }) {
  return <p className={isAccent ? 'note note-accent' : 'note'}>{text}</p>
}
