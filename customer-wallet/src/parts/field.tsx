import { useId, type InputHTMLAttributes } from 'react'

/** A field with its label, a hint below, and what is wrong with it. */
export function Field({
  label,
  hint,
  fault,
  ...input
}: InputHTMLAttributes<HTMLInputElement> & {
  label: string
  hint?: string | undefined
  fault?: string | undefined
}) {
  const id = useId()
  const said = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        aria-invalid={fault !== undefined}
        {...(said && { 'aria-describedby': said })}
        {...input}
      />
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p className="fault" id={`${id}-fault`} role="alert">
          {fault}
        </p>
      )}
    </div>
  )
}
