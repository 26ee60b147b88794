import type { Invoked } from './lambda-invocations.ts'
import type { MetricStore } from './metric-store.ts'

/**
 * What Lambda tells CloudWatch of an invocation: of the function, of what was asked for, and of the version behind it.
 *
 * @see AWS, "Using CloudWatch metrics with Lambda", Lambda developer guide
 */
export function recordInvocation(metrics: MetricStore, invoked: Invoked, atMs: number): void {
  const { functionName, qualifier, executedVersion, outcome, durationMs } = invoked
  const byResource = { FunctionName: functionName, Resource: `${functionName}:${qualifier}` }
  const sets = [{ FunctionName: functionName }, byResource, { ...byResource, ExecutedVersion: executedVersion }]
  const isThrottled = outcome.kind === 'throttled'
  const values = isThrottled
    ? { Throttles: 1 }
    : { Invocations: 1, Errors: outcome.kind === 'failed' ? 1 : 0, Duration: durationMs, Throttles: 0 }
  for (const dimensions of sets) {
    for (const [name, value] of Object.entries(values)) {
      metrics.put({ namespace: 'AWS/Lambda', name, dimensions, value, atMs })
    }
  }
}
