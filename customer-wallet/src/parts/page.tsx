import { IconArrowLeft } from '@tabler/icons-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { useLanguage } from '../language.tsx'
import { hasMoved } from '../navigation.ts'
import { Link } from './link.tsx'

/** A screen below another: how to go back, its heading, what it holds. The heading takes the focus, so that it is read. */
export function Page({ title, back, children }: { title: string; back?: string; children: ReactNode }) {
  const { say } = useLanguage()
  const heading = useHeading(title)
  return (
    <main className="page">
      <header className="page-head">
        {back !== undefined && (
          <Link className="back" href={back} aria-label={say('back')}>
            <IconArrowLeft aria-hidden />
          </Link>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
      </header>
      {children}
    </main>
  )
}

/** Names the document after the screen, and moves the focus to its heading when one has come here from another. */
export function useHeading(title: string) {
  const { code } = useLanguage()
  const heading = useRef<HTMLHeadingElement>(null)
  const spoken = useRef(code)
  useEffect(() => {
    document.title = title
    // The same screen in another language: the focus stays where that was chosen.
    const isTranslated = spoken.current !== code
    spoken.current = code
    if (hasMoved() && !isTranslated) heading.current?.focus({ preventScroll: true })
  }, [title, code])
  return heading
}
