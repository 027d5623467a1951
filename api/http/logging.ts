import { randomUUID } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'

/** The log with errors presented as `presentError` does, whatever its owner set up. */
export function withCarefulErrors(log: Logger): Logger {
  return log.child({}, { serializers: { err: presentError } })
}

/**
 * Logs each request: id, method, route (never the address itself, which may hold anything), status, time, credential.
 * No bodies, no headers, no query strings.
 */
export function logRequests(log: Logger): RequestHandler {
  return pinoHttp<Request, Response>({
    logger: log,
    genReqId: () => randomUUID(),
    quietReqLogger: true,
    // Both hold headers and addresses.
    serializers: { req: () => undefined, res: () => undefined },
    customAttributeKeys: { reqId: 'request_id' },
    customLogLevel: (_req, res) => (res.statusCode >= 500 ? 'error' : 'info'),
    customSuccessMessage: () => 'answered',
    customErrorMessage: () => 'answered',
    customSuccessObject: presentAnswer,
    customErrorObject: (req, res, _error, value) => presentAnswer(req, res, value),
  })
}

function presentAnswer(req: Request, res: Response, value: { responseTime: number }): object {
  const { route, network, credential, code } = res.locals
  return {
    method: req.method,
    route: route ?? 'unknown',
    // Without a status: whoever asked was gone before the answer.
    status: res.writableFinished ? res.statusCode : undefined,
    code,
    network,
    credential,
    milliseconds: value.responseTime,
  }
}

/**
 * An error as it may be logged. What a database says may quote rows, so of its errors only the code, the names
 * and the place are kept; the words too where the SQL itself is at fault (class 42), which names no rows.
 */
export function presentError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, constraint, table, routine, severity } = error as Error & Record<string, unknown>
  const fromDatabase = severity !== undefined
  const mayQuoteRows = fromDatabase && !String(code).startsWith('42')
  return {
    type: error.name,
    ...(typeof code === 'string' && { code }),
    ...(!mayQuoteRows && { message: error.message }),
    ...(fromDatabase && { constraint, table, routine }),
    stack: stackOf(error),
    ...(error.cause !== undefined && { cause: presentError(error.cause) }),
  }
}

/** The frames without the first lines, which repeat the message. */
function stackOf(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
}
