import type { RequestHandler } from 'express'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** What Prometheus reads: the process's own figures and the time of every request by route and status. */
export interface Metrics {
  /** Where a feature registers figures of its own. */
  readonly registry: Registry
  readonly measure: RequestHandler
  readonly show: RequestHandler
}

/** The metrics of one application. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const seconds = new Histogram({
    name: 'tallystick_http_request_seconds',
    help: 'Time from request to answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  return {
    registry,
    measure(req, res, next) {
      const end = seconds.startTimer()
      res.once('finish', () => {
        // The route as declared, not the address: labels must be few and must not hold what people typed.
        const route: string = res.locals['route'] ?? 'unknown'
        end({ method: req.method, route, status: res.statusCode })
      })
      next()
    },
    async show(_req, res) {
      res.type(registry.contentType).send(await registry.metrics())
    },
  }
}
