import { IconMinus, IconPlus, IconQrcode } from '@tabler/icons-react'
import type { CSSProperties } from 'react'
import { useMoney, useTill } from '../till-context.tsx'

/** How many points pay for the bill: a slider, and buttons for who finds those easier. */
export function PayWithPoints({
  most,
  points,
  isFixed,
  onPoints,
  withoutQrMax,
  onScan,
}: {
  most: number
  points: number
  isFixed: boolean
  onPoints: (points: number) => void
  /** How many the day still allows without the QR, where the customer has more. */
  withoutQrMax: number | null
  onScan: () => void
}) {
  const { counter, say } = useTill()
  const money = useMoney()
  const value = money(points * counter.till.network.point_face_value_minor)
  const set = (wanted: number) => onPoints(Math.max(0, Math.min(most, wanted)))
  return (
    <fieldset className="paying" disabled={isFixed}>
      <legend>{say('pay_with_points')}</legend>
      <p className="number large" role="status">
        {say('pay_points_value', { count: points, money: value })}
      </p>
      {withoutQrMax !== null && <p>{say('take_without_qr', { count: withoutQrMax })}</p>}
      <div className="slider">
        <button type="button" aria-label={`${say('pay_with_points')} −1`} onClick={() => set(points - 1)}>
          <IconMinus aria-hidden />
        </button>
        <input
          type="range"
          min={0}
          max={most}
          value={points}
          style={{ '--part': `${most === 0 ? 0 : (points / most) * 100}%` } as CSSProperties}
          aria-label={say('pay_with_points')}
          aria-valuetext={say('pay_points_value', { count: points, money: value })}
          onChange={(event) => set(event.target.valueAsNumber)}
        />
        <button type="button" aria-label={`${say('pay_with_points')} +1`} onClick={() => set(points + 1)}>
          <IconPlus aria-hidden />
        </button>
      </div>
      <div className="row">
        <button type="button" onClick={() => set(0)}>
          {say('pay_none')}
        </button>
        <button type="button" onClick={() => set(most)}>
          {say('pay_all', { points: most })}
        </button>
        {withoutQrMax !== null && (
          <button type="button" onClick={onScan}>
            <IconQrcode aria-hidden /> {say('scan_more')}
          </button>
        )}
      </div>
    </fieldset>
  )
}
