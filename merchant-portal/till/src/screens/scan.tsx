import { useEffect, useRef, useState } from 'react'
import { startCamera } from '../camera.ts'
import { useKeystrokes } from '../hooks.ts'
import { whatWasScanned, type Shown } from '../scanned.ts'
import { useTill } from '../till-context.tsx'
import { NoBand, Note, Screen } from './parts.tsx'

/** The camera, for a wallet's QR or a printed card. A hand scanner may type as well. */
export function Scan({
  fault,
  onBack,
  onFind,
  onShown,
  onFault,
}: {
  fault: string | null
  onBack: () => void
  onFind: () => void
  onShown: (shown: Shown) => void
  onFault: (why: string) => void
}) {
  const { say } = useTill()
  const video = useRef<HTMLVideoElement>(null)
  const [why, setWhy] = useState<'camera_forbidden' | 'camera_none' | null>(null)
  const lastRead = useRef('')
  const read = (text: string) => {
    // The same picture is read many times a second; what was refused once is refused again.
    if (text === lastRead.current) return
    lastRead.current = text
    const shown = whatWasScanned(text)
    if (shown) onShown(shown)
    else onFault(say('not_ours'))
  }
  const latest = useRef(read)
  useEffect(() => {
    latest.current = read
  })
  useKeystrokes({ scanned: read, typed: (key) => key === 'Escape' && onBack() })
  useEffect(() => {
    let stop: (() => void) | null = null
    let isLeft = false
    const start = async () => {
      try {
        stop = await startCamera(video.current!, (text) => latest.current(text))
        if (isLeft) stop()
      } catch (error) {
        setWhy(error instanceof Error && error.message === 'not allowed' ? 'camera_forbidden' : 'camera_none')
      }
    }
    void start()
    return () => {
      isLeft = true
      stop?.()
    }
  }, [])
  return (
    <Screen title={say(why ? 'find_title' : 'scan_title')} name="scanning" onBack={onBack}>
      {fault && <NoBand text={fault} />}
      {why ? (
        <Note isAccent text={say(why)} />
      ) : (
        <div className="viewfinder">
          <video ref={video} muted playsInline aria-label={say('scan_looking')} />
        </div>
      )}
      {!why && <p className="muted">{say('scan_how')}</p>}
      <button type="button" onClick={onFind}>
        {say('find')}
      </button>
    </Screen>
  )
}
