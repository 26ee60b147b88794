import * as z from 'zod'
import { loggedValue, matchesLogPattern } from './log-pattern.ts'
import type { MetricStore } from './metric-store.ts'

export const logFilterSchema = z.looseObject({
  LogGroupName: z.string(),
  FilterPattern: z.string(),
  MetricTransformations: z.array(
    z.looseObject({
      MetricNamespace: z.string(),
      MetricName: z.string(),
      MetricValue: z.string(),
      DefaultValue: z.coerce.number().optional(),
    }),
  ),
})

export type LogFilter = z.infer<typeof logFilterSchema>

/** Metrics that CloudWatch takes from log lines. */
export interface LogFilters {
  put(id: string, filter: LogFilter): void
  remove(id: string): void
  /** Takes what there is to take from a line of a log group. */
  read(logGroup: string, line: string, atMs: number): void
}

export function createLogFilters(metrics: MetricStore): LogFilters {
  const filters = new Map<string, LogFilter>()
  return {
    put: (id, filter) => void filters.set(id, filter),
    remove: (id) => void filters.delete(id),
    read(logGroup, line, atMs) {
      for (const { LogGroupName, FilterPattern, MetricTransformations } of filters.values()) {
        if (LogGroupName !== logGroup) continue
        const isMeant = matchesLogPattern(FilterPattern, line)
        for (const { MetricNamespace: namespace, MetricName: name, ...of } of MetricTransformations) {
          const value = isMeant ? loggedValue(of.MetricValue, line) : of.DefaultValue
          if (value !== undefined) metrics.put({ namespace, name, dimensions: {}, value, atMs })
        }
      }
    },
  }
}
