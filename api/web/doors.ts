import { createHash } from 'node:crypto'
import type { RequestHandler } from 'express'

/** The page at `/` for browsers: which doors there are. It names no network, since anyone may ask. */
export const answerDoors: RequestHandler = (req, res, next) => {
  res.vary('Accept')
  // Programs, which take anything, go where they were sent before.
  if (req.accepts(['json', 'html']) !== 'html') return next()
  res.locals['route'] = '/'
  res.set({ 'Content-Security-Policy': contentPolicy, 'Cache-Control': 'no-cache' }).type('html').send(page)
}

const style = `
:root { color-scheme: light dark; --paper: #fbf8f3; --ink: #1f2421; --muted: #5c635e; --line: #8a8f86; --primary: #1e5b4f; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181a; --ink: #ece7df; --muted: #a9b0ab; --line: #6b736f; --primary: #7ccdb8; }
}
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
  font-family: 'Atkinson Hyperlegible Next', system-ui, sans-serif; }
main { max-width: 36rem; margin: 0 auto; padding: 40px 24px; }
h1 { font-size: 28px; margin: 0 0 8px; }
p { margin: 0; color: var(--muted); }
ul { list-style: none; margin: 24px 0 0; padding: 0; }
li { border-top: 1px solid var(--line); padding: 8px 0 16px; }
a { display: block; padding: 12px 0 4px; font-size: 20px; font-weight: 700; color: var(--primary); }
`

const doors = [
  ['/wallet/', 'My points', 'For customers: what you have and when it ends, your QR, your receipts.'],
  [
    '/till/',
    'The till',
    'For cashiers: give and take points. A tablet needs a pairing code, and you your PIN.',
  ],
  [
    '/check/',
    'Check the books',
    'For everyone, without signing in: how a network’s log stands, and whether a receipt holds. You type the network’s name there.',
  ],
  ['/docs/', 'The API', 'For programmers: every call, to read and to try out.'],
]

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tallystick</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Tallystick</h1>
<p>One loyalty programme for many local shops. Where do you want to go?</p>
<ul>
${doors.map(([address, name, words]) => `<li><a href="${address}">${name}</a><p>${words}</p></li>`).join('\n')}
</ul>
</main>
</body>
</html>
`

const styleHash = createHash('sha256').update(style).digest('base64')
const contentPolicy =
  `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; ` +
  `frame-ancestors 'none'`
