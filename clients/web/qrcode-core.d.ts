/** The encoder alone, without the drawing of `qrcode`'s main module. */
declare module 'qrcode/lib/core/qrcode.js' {
  export { create } from 'qrcode'
}
