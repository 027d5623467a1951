import { create } from 'qrcode/lib/core/qrcode.js'

/** White space around, in modules (ISO/IEC 18004 section 5.3.8). */
const quiet = 4

/** A QR of `text`, black on white in any colour scheme, named `label` to who can't see it. */
export function QrPicture({ text, label }: { text: string; label: string }) {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules
  const side = size + 2 * quiet
  let path = ''
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (!data[row * size + column]) continue
      let width = 1
      while (column + width < size && data[row * size + column + width]) width++
      path += `M${column + quiet} ${row + quiet}h${width}v1h-${width}z`
      column += width
    }
  }
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
