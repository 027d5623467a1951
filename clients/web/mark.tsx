import './mark.css'

const strokes = [6, 12, 18, 24].map((x) => `M${x} 5V27`)

/** The mark: four tally strokes and a fifth across. For eyes only, unless `label` says what it stands for. */
export function Mark({ label, isWaiting = false }: { label?: string; isWaiting?: boolean }) {
  const spoken =
    label === undefined ? ({ 'aria-hidden': true } as const) : { role: 'img', 'aria-label': label }
  return (
    <svg className={isWaiting ? 'mark mark-waiting' : 'mark'} viewBox="0 0 30 32" {...spoken}>
      {strokes.map((stroke) => (
        <path key={stroke} d={stroke} />
      ))}
      <path className="mark-cross" d="M2 24L28 8" />
    </svg>
  )
}

/** Something is on its way: the strokes draw one after another, and `label` is read out. */
export function Waiting({ label }: { label: string }) {
  return (
    <p className="waiting" role="status">
      <Mark isWaiting />
      <span className="for-ears">{label}</span>
    </p>
  )
}
