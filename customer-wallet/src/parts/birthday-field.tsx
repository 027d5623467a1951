import { useId } from 'react'
import { useLanguage } from '../language.tsx'

/** Month and day as they are chosen: two digits each, '' where nothing is. */
export interface Birthday {
  readonly month: string
  readonly day: string
}

/** Of `MM-DD`, as the API writes it. */
export function readBirthday(text: string | null): Birthday {
  const [month = '', day = ''] = text?.split('-') ?? []
  return { month, day }
}

const twoDigits = (number: number) => String(number).padStart(2, '0')
const months = Array.from({ length: 12 }, (_, index) => twoDigits(index + 1))

/** How many days a month has; 29 in February, since somebody is born then. */
function daysIn(month: string): number {
  return new Date(Date.UTC(2024, Number(month), 0)).getUTCDate()
}

/** A birthday without its year: the month by its name, and a day that this month has. */
export function BirthdayField({ value, onChange }: { value: Birthday; onChange(next: Birthday): void }) {
  const { say, format } = useLanguage()
  const id = useId()
  const days = Array.from({ length: daysIn(value.month || '01') }, (_, index) => twoDigits(index + 1))
  const chooseMonth = (month: string) => {
    const isKept = month !== '' && Number(value.day) <= daysIn(month)
    onChange({ month, day: isKept ? value.day : '' })
  }
  return (
    <fieldset className="birthday" aria-describedby={`${id}-hint`}>
      <legend>{say('profile.birthday')}</legend>
      <select
        aria-label={say('profile.month')}
        autoComplete="bday-month"
        value={value.month}
        onChange={(event) => chooseMonth(event.target.value)}
      >
        <option value="">{say('profile.no-month')}</option>
        {months.map((month) => (
          <option key={month} value={month}>
            {format.month(Number(month))}
          </option>
        ))}
      </select>
      <select
        aria-label={say('profile.day')}
        autoComplete="bday-day"
        required={value.month !== ''}
        disabled={value.month === ''}
        value={value.day}
        onChange={(event) => onChange({ ...value, day: event.target.value })}
      >
        <option value="">{say('profile.no-day')}</option>
        {days.map((day) => (
          <option key={day} value={day}>
            {Number(day)}
          </option>
        ))}
      </select>
      <p className="hint" id={`${id}-hint`}>
        {say('profile.birthday-hint')}
      </p>
    </fieldset>
  )
}
