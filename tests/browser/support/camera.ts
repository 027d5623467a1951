import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { toDataURL } from 'qrcode'
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer'

/** A camera that sees whatever was last put before it. */
export interface FakeCamera {
  /** For Chromium: this camera instead of a real one, and nobody asked whether it may be used. */
  readonly flags: readonly string[]
  /** Puts a page before it, as on the screen of a phone. */
  see(page: Page): Promise<void>
  close(): Promise<void>
}

/** What the camera sees, in pixels. */
const frame = { width: 1280, height: 720 }
/** How large a QR is in it: a phone at an arm's length. */
const qrSize = 520

/** A camera for one browser. Chromium plays a file of JPEG pictures to pages, from its beginning at each opening. */
export async function makeFakeCamera(): Promise<FakeCamera> {
  const folder = await mkdtemp(join(tmpdir(), 'tallystick-camera-'))
  const path = join(folder, 'seen.mjpeg')
  return {
    flags: [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${path}`,
    ],
    async see(page) {
      await page.setViewportSize(frame)
      const picture = await page.screenshot({ type: 'jpeg', quality: 90 })
      // Chromium wants more than one picture, and must never find half a file.
      await writeFile(`${path}.new`, Buffer.concat(Array.from({ length: 4 }, () => picture)))
      await rename(`${path}.new`, path)
    },
    close: () => rm(folder, { recursive: true }),
  }
}

/** A page that shows a text as a QR. */
export async function showAsQr(context: BrowserContext, text: string): Promise<Page> {
  const options = { width: qrSize, margin: 4, errorCorrectionLevel: 'L' } as const
  return await showPicture(context, await toDataURL(text, options))
}

/** A printed card: its number as a bar code (Code 128). */
export async function showCard(context: BrowserContext, number: string): Promise<Page> {
  const path = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm')
  const wasmBinary = new Uint8Array(await readFile(path)).buffer
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true })
  const { image, error } = await writeBarcode(number, { format: 'Code128', scale: 4 })
  if (image === null) throw new Error(error)
  const bytes = Buffer.from(await image.arrayBuffer())
  return await showPicture(context, `data:image/png;base64,${bytes.toString('base64')}`)
}

/** The screen of a wallet's phone before the camera: the very pixels of the QR that it draws. */
export async function showWallet(wallet: Page): Promise<Page> {
  const picture = await wallet.locator('svg.qr').screenshot()
  return await showPicture(wallet.context(), `data:image/png;base64,${picture.toString('base64')}`)
}

async function showPicture(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.setViewportSize(frame)
  await page.setContent(
    `<body style="margin:0;background:#fff"><img src="${url}" style="display:block;margin:90px auto;max-width:${qrSize}px;height:${qrSize}px;object-fit:contain">`,
  )
  return page
}
