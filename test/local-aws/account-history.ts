import type { DeniedRequest } from './aws-endpoint.ts'
import { embeddedMetrics } from './embedded-metrics.ts'
import type { FunctionSpec } from './function-spec.ts'
import type { Invoked } from './lambda-invocations.ts'
import { recordInvocation } from './lambda-metrics.ts'
import type { LogFilters } from './log-filters.ts'
import type { MetricStore } from './metric-store.ts'

/** A line that a function has written. */
export interface LoggedLine {
  functionName: string
  version: string
  text: string
}

/** What happened in an account, and what CloudWatch makes of it. */
export interface AccountHistory {
  invoked: Invoked[]
  lines: LoggedLine[]
  denied: DeniedRequest[]
  onInvoked(invoked: Invoked): void
  onLine(spec: FunctionSpec, text: string): void
}

interface Deps {
  metrics: MetricStore
  logFilters: LogFilters
  /** How far the clock of metrics is ahead of the functions' own. */
  aheadMs: () => number
}

export function accountHistory({ metrics, logFilters, aheadMs }: Deps): AccountHistory {
  const history: AccountHistory = {
    ...{ invoked: [], lines: [], denied: [] },
    onInvoked(invoked) {
      history.invoked.push(invoked)
      recordInvocation(metrics, invoked, Date.now() + aheadMs())
    },
    onLine({ name: functionName, version }, text) {
      history.lines.push({ functionName, version, text })
      for (const value of embeddedMetrics(text)) metrics.put({ ...value, atMs: value.atMs + aheadMs() })
      logFilters.read(`/aws/lambda/${functionName}`, text, Date.now() + aheadMs())
    },
  }
  return history
}
