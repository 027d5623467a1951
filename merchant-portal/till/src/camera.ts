import { BarcodeDetector, prepareZXingModule } from 'barcode-detector/ponyfill'
import decoderUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'

/** A wallet's QR, looked for in every picture; printed cards, which are rarer, in every third. */
const formats = { qr: ['qr_code'], card: ['code_128', 'ean_13'] } as const
const cardEvery = 3
/** The middle of the picture is looked at, in so many pixels: enough for a wallet's QR an arm's length away. */
const lookedAtSize = 640
/** Between two looks, so that the page stays quick while the camera is on. */
const pauseMs = 40
/** The name of the measure, from a frame to what was read in it. */
export const readMeasure = 'till: frame read'

interface Detector {
  detect(image: HTMLCanvasElement): Promise<{ rawValue: string }[]>
}
type Detectors = Readonly<Record<keyof typeof formats, Detector>>

let detectors: Promise<Detectors> | undefined

/** The browser's own detector where it knows what we read, else one in WebAssembly that comes from this server. */
export function prepareDetectors(): Promise<Detectors> {
  detectors ??= createDetectors()
  return detectors
}

async function createDetectors(): Promise<Detectors> {
  const Native = (globalThis as { BarcodeDetector?: typeof BarcodeDetector }).BarcodeDetector
  const known = (await Native?.getSupportedFormats().catch(() => [])) ?? []
  const isEnough = [...formats.qr, ...formats.card].every((format) => known.includes(format))
  if (!isEnough)
    await prepareZXingModule({ overrides: { locateFile: () => decoderUrl }, fireImmediately: true })
  const Detecting = Native && isEnough ? Native : BarcodeDetector
  return {
    qr: new Detecting({ formats: [...formats.qr] }),
    card: new Detecting({ formats: [...formats.card] }),
  }
}

/** Why there is no picture. */
export type CameraFault = 'not allowed' | 'no camera'

/**
 * Shows the camera in `video` and tells of each text that it reads, until stopped; the same one again only when the
 * caller forgot it. Rejects with a `CameraFault` as its message.
 */
export async function startCamera(
  video: HTMLVideoElement,
  read: (text: string) => void,
): Promise<() => void> {
  const stream = await openCamera()
  video.srcObject = stream
  const stopping = new AbortController()
  const stop = () => {
    stopping.abort()
    for (const track of stream.getTracks()) track.stop()
    video.srcObject = null
  }
  await video.play().catch(() => {})
  void prepareDetectors().then((ready) => look(video, { ready, read, signal: stopping.signal }))
  return stop
}

/** Looks again and again until told to stop. */
async function look(
  video: HTMLVideoElement,
  { ready, read, signal }: { ready: Detectors; read: (text: string) => void; signal: AbortSignal },
): Promise<void> {
  const picture = document.createElement('canvas')
  picture.width = lookedAtSize
  picture.height = lookedAtSize
  const context = picture.getContext('2d', { willReadFrequently: true })!
  for (let looks = 1; !signal.aborted; looks++) {
    const startMs = performance.now()
    const side = Math.min(video.videoWidth, video.videoHeight)
    const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2]
    if (side > 0) context.drawImage(video, left, top, side, side, 0, 0, lookedAtSize, lookedAtSize)
    const found = await findIn(picture, ready, looks % cardEvery === 0)
    if (found !== null && !signal.aborted) {
      performance.measure(readMeasure, { start: startMs })
      read(found)
    }
    await new Promise((done) => setTimeout(done, pauseMs))
  }
}

async function findIn(
  picture: HTMLCanvasElement,
  { qr, card }: Detectors,
  isForCards: boolean,
): Promise<string | null> {
  const [wallet] = await qr.detect(picture).catch(() => [])
  if (wallet || !isForCards) return wallet?.rawValue ?? null
  const [printed] = await card.detect(picture).catch(() => [])
  return printed?.rawValue ?? null
}

async function openCamera(): Promise<MediaStream> {
  const wish = { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } }
  try {
    return await navigator.mediaDevices.getUserMedia({ video: wish })
  } catch (error) {
    const isForbidden = error instanceof DOMException && error.name === 'NotAllowedError'
    throw new Error((isForbidden ? 'not allowed' : 'no camera') satisfies CameraFault, { cause: error })
  }
}
