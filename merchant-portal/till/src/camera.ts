import { BarcodeDetector, prepareZXingModule } from 'barcode-detector/ponyfill'
import decoderUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'

const formats = ['qr_code', 'code_128', 'ean_13'] as const
/** Between two looks, so that the page stays quick while the camera is on. */
const pauseMs = 60
/** The name of the measure, from a frame to what was read in it. */
export const readMeasure = 'till: frame read'

interface Detector {
  detect(image: HTMLVideoElement): Promise<{ rawValue: string }[]>
}

let detector: Promise<Detector> | undefined

/** The browser's own detector where it knows what we read, else one in WebAssembly that comes from this server. */
export function prepareDetector(): Promise<Detector> {
  detector ??= findNative().then((native) => native ?? createOwn())
  return detector
}

async function findNative(): Promise<Detector | null> {
  const Native = (globalThis as { BarcodeDetector?: typeof BarcodeDetector }).BarcodeDetector
  const known = (await Native?.getSupportedFormats().catch(() => [])) ?? []
  return Native && formats.every((format) => known.includes(format))
    ? new Native({ formats: [...formats] })
    : null
}

async function createOwn(): Promise<Detector> {
  await prepareZXingModule({ overrides: { locateFile: () => decoderUrl }, fireImmediately: true })
  return new BarcodeDetector({ formats: [...formats] })
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
  const look = async (reader: Detector) => {
    while (!stopping.signal.aborted) {
      const startMs = performance.now()
      const [found] = await reader.detect(video).catch(() => [])
      if (found && !stopping.signal.aborted) {
        performance.measure(readMeasure, { start: startMs })
        read(found.rawValue)
      }
      await new Promise((done) => setTimeout(done, pauseMs))
    }
  }
  await video.play().catch(() => {})
  void prepareDetector().then(look)
  return stop
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
