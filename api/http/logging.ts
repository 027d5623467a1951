import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestHandler } from 'express'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'

/**
 * Logs each request: id, method, route (never the address itself, which may hold anything), status, time, credential.
 * No bodies, no headers, no query strings.
 */
export function logRequests(log: Logger): RequestHandler {
  return pinoHttp({
    logger: log,
    genReqId: () => randomUUID(),
    quietReqLogger: true,
    serializers: { req: () => undefined, res: () => undefined, err: presentError },
    customProps: (req: IncomingMessage, res: ServerResponse) => {
      const { route, credential, code } = (res as unknown as { locals: Record<string, unknown> }).locals
      return { method: req.method, route: route ?? 'unknown', status: res.statusCode, code, credential }
    },
    customLogLevel: (_req: IncomingMessage, res: ServerResponse) =>
      res.statusCode >= 500 ? 'error' : 'info',
    customSuccessMessage: () => 'answered',
    customErrorMessage: () => 'answered',
  }) as RequestHandler
}

/**
 * An error as it may be logged. What a database says may quote rows, so of its errors only the code, the names
 * and the place are kept.
 */
export function presentError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, constraint, table, routine, severity } = error as Error & Record<string, unknown>
  const fromDatabase = severity !== undefined
  return {
    type: error.name,
    ...(typeof code === 'string' && { code }),
    ...(fromDatabase ? { constraint, table, routine } : { message: error.message }),
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
