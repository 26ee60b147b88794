import type { Clock, Metrics } from '../kernel/ports.ts'

/** Methods that series are kept for; any other text that a caller sends is one series. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** How many requests are under way, for each place that numbers go to: apps of one process share it. */
const underWay = new WeakMap<Metrics, { requests: number }>()

/** What is counted of every request. */
export interface RequestMetrics {
  begin(): void
  /** @param route  the declared path, never what the caller sent */
  end(request: { route: string; method: string; status: number; durationMs: number }): void
}

/**
 * Counts requests and errors by route, method and class of status, times them, and tells how many are under way.
 *
 * The values of its dimensions are few: declared paths, known methods, five classes.
 */
export function requestMetrics(metrics: Metrics): RequestMetrics {
  const active = underWay.get(metrics) ?? { requests: 0 }
  underWay.set(metrics, active)
  const seen = new Map<string, Readonly<Record<string, string>>>()
  const dimensionsOf = (route: string, method: string, status: number) => {
    const statusClass = `${Math.floor(status / 100)}xx`
    const key = `${method} ${statusClass} ${route}`
    let dimensions = seen.get(key)
    if (dimensions === undefined) {
      dimensions = { route, method, status: statusClass }
      seen.set(key, dimensions)
    }
    return dimensions
  }
  return {
    begin() {
      active.requests += 1
      metrics.record('active_requests', active.requests, 'None')
    },
    end({ route, method, status, durationMs }) {
      active.requests -= 1
      metrics.record('active_requests', active.requests, 'None')
      const dimensions = dimensionsOf(route, METHODS.has(method) ? method : 'other', status)
      metrics.record('http_requests_total', 1, 'Count', dimensions)
      metrics.record('http_request_duration_ms', durationMs, 'Milliseconds', dimensions)
      if (status >= 500) metrics.record('http_errors_total', 1, 'Count', dimensions)
    },
  }
}

/** Milliseconds since an instant of the same clock, never below 0. */
export function elapsedMs(clock: Clock, sinceMs: number): number {
  return Math.max(0, clock() - sinceMs)
}
