import { IconBackspace } from '@tabler/icons-react'
import type { MouseEvent } from 'react'
import { useTill } from '../till-context.tsx'

const rows = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '00', '0'] as const

/** The big pad. `onKey` hears digits, `00` and `Backspace`, as a keyboard names them. */
export function Pad({
  onKey,
  hasDoubleZero = true,
}: {
  onKey: (key: string) => void
  hasDoubleZero?: boolean
}) {
  const { say } = useTill()
  const press = (key: string) => (event: MouseEvent<HTMLButtonElement>) => {
    // Touched, it lets go of the focus: Enter on the keyboard is for the screen then, and does not type the digit again.
    if (event.detail > 0) event.currentTarget.blur()
    onKey(key)
  }
  return (
    <div className="pad">
      {rows.map((key) =>
        key === '00' && !hasDoubleZero ? (
          <span key={key} />
        ) : (
          <button key={key} type="button" className="key number" onClick={press(key)}>
            {key}
          </button>
        ),
      )}
      <button type="button" className="key" aria-label={say('key_delete')} onClick={press('Backspace')}>
        <IconBackspace aria-hidden size={32} />
      </button>
    </div>
  )
}
