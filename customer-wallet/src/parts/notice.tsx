import { IconAlertTriangle, IconCircleCheck, IconCloudOff, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'

const icons = { good: IconCircleCheck, bad: IconAlertTriangle, offline: IconCloudOff, plain: IconInfoCircle }

/** A few words about how things stand; `bad` ones are read out at once, the others in turn. */
export function Notice({ kind = 'plain', children }: { kind?: keyof typeof icons; children: ReactNode }) {
  const Icon = icons[kind]
  return (
    <div className={`notice notice-${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
      <Icon aria-hidden />
      <div>{children}</div>
    </div>
  )
}
