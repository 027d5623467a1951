import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

let isPrepared = false

/** What a scanner reads from the QR on the screen: its pixels are decoded, as a till's camera does. */
export async function scanQr(page: Page): Promise<string> {
  if (!isPrepared) {
    const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
    prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(await readFile(path)).buffer } })
    isPrepared = true
  }
  const picture = await page.locator('svg.qr').screenshot()
  const [found] = await readBarcodes(new Uint8Array(picture), { formats: ['QRCode'] })
  if (found === undefined) throw new Error('there is no QR on the screen that can be read')
  return found.text
}
