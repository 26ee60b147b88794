/** A value as a service or a function tells it. */
export interface MetricValue {
  namespace: string
  name: string
  dimensions: Readonly<Record<string, string>>
  value: number
  atMs: number
}

export interface MetricName {
  namespace: string
  name: string
  dimensions: Readonly<Record<string, string>>
}

/** Values of metrics, and their statistics over periods. */
export interface MetricStore {
  put(value: MetricValue): void
  /** A statistic of the values at `fromMs` and later, before `toMs`; undefined where there are none. */
  statistic(metric: MetricName, statistic: string, fromMs: number, toMs: number): number | undefined
  /** Every metric that ever had a value. */
  names(): MetricName[]
}

export function metricStore(): MetricStore {
  const series = new Map<string, { metric: MetricName; values: { value: number; atMs: number }[] }>()
  return {
    put({ namespace, name, dimensions, value, atMs }) {
      const metric = { namespace, name, dimensions }
      const held = series.get(keyOf(metric)) ?? { metric, values: [] }
      held.values.push({ value, atMs })
      series.set(keyOf(metric), held)
    },
    statistic(metric, statistic, fromMs, toMs) {
      const held = series.get(keyOf(metric))?.values ?? []
      const values = held.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map(({ value }) => value)
      return values.length === 0 ? undefined : statisticOf(values, statistic)
    },
    names: () => [...series.values()].map(({ metric }) => metric),
  }
}

/** A series is one namespace, one name and exactly these dimensions, in any order. */
function keyOf({ namespace, name, dimensions }: MetricName): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))])
}

/** @param statistic  Sum, Average, Minimum, Maximum, SampleCount, or a percentile such as p99 */
function statisticOf(values: readonly number[], statistic: string): number {
  const sum = values.reduce((total, value) => total + value, 0)
  const sorted = [...values].sort((a, b) => a - b)
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(statistic)?.[1]
  if (percentile !== undefined) {
    const rank = Math.max(1, Math.ceil((Number(percentile) / 100) * sorted.length))
    return sorted[rank - 1] ?? Number.NaN
  }
  switch (statistic) {
    case 'Sum':
      return sum
    case 'Average':
      return sum / values.length
    case 'Minimum':
      return sorted[0] ?? Number.NaN
    case 'Maximum':
      return sorted.at(-1) ?? Number.NaN
    case 'SampleCount':
      return values.length
  }
  throw new Error(`no double of the statistic ${statistic}`)
}
