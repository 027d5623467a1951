import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { toDataURL } from 'qrcode'

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

/** The screen of a wallet's phone before the camera: the very pixels of the QR that it draws. */
export async function showWallet(wallet: Page): Promise<Page> {
  const picture = await wallet.locator('svg.qr').screenshot()
  return await showPicture(wallet.context(), `data:image/png;base64,${picture.toString('base64')}`)
}

async function showPicture(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.setViewportSize(frame)
  await page.setContent(
    `<body style="margin:0;background:#fff"><img src="${url}" style="display:block;margin:90px auto;height:${qrSize}px">`,
  )
  return page
}
