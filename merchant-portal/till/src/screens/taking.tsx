import { IconQrcode } from '@tabler/icons-react'
import type { Customer } from '../sale.ts'
import { useTill } from '../till-context.tsx'
import { Note } from './parts.tsx'
import { PayWithPoints } from './pay-with-points.tsx'

/** How much to take, or why none can be taken. */
export function Taking(props: {
  customer: Customer
  most: number
  points: number
  isFixed: boolean
  onPoints: (points: number) => void
  onScan: () => void
}) {
  const { counter, say } = useTill()
  const { customer, most, onScan } = props
  if (customer.is === 'unseen') return <Note text={`${say('offline_how')} ${say('take_no_network')}`} />
  if (customer.isLocked) {
    return <Note text={say('refused_wallet_locked', { who: customer.person.name ?? say('customer') })} />
  }
  if (customer.available === 0) return <Note text={say('take_nothing')} />
  const { available, withoutQrMax } = customer
  if (withoutQrMax === 0) {
    const isAllowed = counter.till.network.redeem_without_qr_daily_max > 0
    return (
      <div className="row">
        <Note text={say(isAllowed ? 'take_no_more_without_qr' : 'take_needs_qr')} />
        <button type="button" onClick={onScan}>
          <IconQrcode aria-hidden /> {say('scan_qr')}
        </button>
      </div>
    )
  }
  return (
    <PayWithPoints
      most={most}
      points={props.points}
      isFixed={props.isFixed}
      onPoints={props.onPoints}
      withoutQrMax={withoutQrMax !== null && withoutQrMax < available ? withoutQrMax : null}
      onScan={onScan}
    />
  )
}
