import { IconBackspace } from '@tabler/icons-react'
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
  return (
    <div className="pad">
      {rows.map((key) =>
        key === '00' && !hasDoubleZero ? (
          <span key={key} />
        ) : (
          <button key={key} type="button" className="key number" onClick={() => onKey(key)}>
            {key}
          </button>
        ),
      )}
      <button type="button" className="key" aria-label={say('key_delete')} onClick={() => onKey('Backspace')}>
        <IconBackspace aria-hidden size={32} />
      </button>
    </div>
  )
}
