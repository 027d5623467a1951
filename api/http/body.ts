import { isUtf8 } from 'node:buffer'
import express, { type Request, type RequestHandler } from 'express'
import { Refusal } from './problems.ts'

const bodyBytesMax = 64 * 1024
/** A body that is too large is read to its end, so that its sender hears why; but no further than this. */
const readBytesMax = 2 * 1024 * 1024
/** What any route may answer; which of them does, it knows itself. */
const answerTypes = [
  'application/json',
  'application/problem+json',
  'text/plain',
  'text/csv',
  'application/zip',
  'text/event-stream',
]

/** Only JSON goes in. Reads a body of at most 64 KiB of UTF-8; no compressed ones, which could be bombs. */
export function readBody(): RequestHandler[] {
  return [
    (req, _res, next) => {
      if (!req.accepts(answerTypes)) throw new Refusal('not_acceptable')
      // `is` answers null where there is no body.
      if (hasBody(req.headers) && !req.is('application/json')) throw new Refusal('media_type_unsupported')
      endFloods(req)
      next()
    },
    express.json({
      limit: bodyBytesMax,
      inflate: false,
      verify: (_req, _res, bytes) => {
        if (!isUtf8(bytes)) throw new Error('not UTF-8')
      },
    }),
  ]
}

/** Closes the connection of a body that does not end. */
function endFloods(req: Request): void {
  let bytes = 0
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > readBytesMax) req.destroy()
  })
}

/** Answers are for whoever asked, at that moment. */
export const keepOutOfCaches: RequestHandler = (req, res, next) => {
  res.set('Cache-Control', 'no-store')
  // Nobody keeps an answer, so none can be the one they have: Express would answer `If-None-Match: *` with 304.
  delete req.headers['if-none-match']
  delete req.headers['if-modified-since']
  next()
}

function hasBody(headers: Record<string, string | string[] | undefined>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
