import type { CataloguedMetric } from '../config/metric-catalogue.ts'
import { seriesName } from '../config/metric-catalogue.ts'

/** Values of one series, newest first; a series that comes in several pages is several of these. */
export interface CountedSeries {
  /** What was asked for: `m3_sum` is the sum of the fourth metric, `f0` the first function. */
  id: string
  /** Values of the metric's dimensions as a JSON array; of no meaning where it has none. */
  label: string
  values: readonly number[]
}

export interface PageContent {
  metrics: readonly CataloguedMetric[]
  functionNames: readonly string[]
  asOfMs: number
  /** Since midnight. */
  counted: readonly CountedSeries[]
  /** Of the last minutes. */
  latest: readonly CountedSeries[]
}

const QUANTILES = { p50: '0.5', p95: '0.95', p99: '0.99' }

type Labels = readonly (readonly [name: string, value: string])[]

/** What CloudWatch told, in Prometheus' text format. What it has no value of is left out, never zero. */
export function metricsText(content: PageContent): string {
  const asOf = 'closeline_metrics_as_of_timestamp_seconds'
  const blocks = [
    [...head(asOf, 'gauge', 'The minute up to which CloudWatch was asked.'), line(asOf, [], content.asOfMs / 1000)],
    ...content.metrics.map((metric, i) => metricBlock(metric, `m${i}`, content)),
    concurrencyBlock(content),
  ]
  const filled = blocks.filter((lines) => lines.length > 2)
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function metricBlock(metric: CataloguedMetric, id: string, { counted, latest }: PageContent): string[] {
  const name = seriesName(metric.name, metric.unit)
  if (metric.unit === 'Count') {
    const sums = valuesOf(metric, counted, `${id}_sum`, sum)
    return [...head(name, 'counter', metric.help), ...sums.map(([labels, value]) => line(name, labels, value))]
  }
  if (metric.unit === 'None') {
    const levels = valuesOf(metric, latest, `${id}_max`, newest)
    return [...head(name, 'gauge', metric.help), ...levels.map(([labels, value]) => line(name, labels, value))]
  }
  const quantiles = Object.entries(QUANTILES).flatMap(([stat, quantile]) =>
    valuesOf(metric, latest, `${id}_${stat}`, newest).map(([labels, value]) =>
      line(name, [['quantile', quantile], ...labels], value / 1000),
    ),
  )
  const sums = valuesOf(metric, counted, `${id}_sum`, sum).map(([labels, v]) => line(`${name}_sum`, labels, v / 1000))
  const counts = valuesOf(metric, counted, `${id}_n`, sum).map(([labels, v]) => line(`${name}_count`, labels, v))
  return [...head(name, 'summary', metric.help), ...quantiles, ...sums, ...counts]
}

function concurrencyBlock({ functionNames, latest }: PageContent): string[] {
  const name = 'closeline_active_requests'
  const lines = functionNames.flatMap((functionName, i) => {
    const series = latest.find(({ id }) => id === `f${i}`)
    return series === undefined ? [] : [line(name, [['function', functionName]], newest(series.values))]
  })
  return [...head(name, 'gauge', 'Concurrent executions of a function.'), ...lines]
}

/** One value for each series of a metric; pages of the same series are taken together. */
function valuesOf(
  { dimensions }: CataloguedMetric,
  all: readonly CountedSeries[],
  id: string,
  fold: (values: readonly number[]) => number,
): [Labels, number][] {
  const bySeries = new Map<string, number[]>()
  for (const series of all) {
    if (series.id !== id) continue
    const key = dimensions.length === 0 ? '[]' : series.label
    bySeries.set(key, [...(bySeries.get(key) ?? []), ...series.values])
  }
  return [...bySeries].flatMap(([label, values]) => {
    const labels = labelsOf(dimensions, label)
    return labels === undefined ? [] : [[labels, fold(values)] satisfies [Labels, number]]
  })
}

/** @returns undefined for a label that is not of our making */
function labelsOf(dimensions: readonly string[], label: string): Labels | undefined {
  if (!label.startsWith('[') || !label.endsWith(']')) return undefined
  // A dimension's value may hold quotes, which CloudWatch puts in as they are: no JSON then, but the seams still tell.
  const values = dimensions.length === 0 ? [] : label.slice(2, -2).split('","')
  if (values.length !== dimensions.length) return undefined
  return dimensions.map((dimension, i) => [dimension, values[i] ?? ''] as const)
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`]
}

function line(name: string, labels: Labels, value: number): string {
  const written = labels.map(([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`)
  return `${name}${written.length === 0 ? '' : `{${written.join(',')}}`} ${value}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function newest(values: readonly number[]): number {
  return values[0] ?? Number.NaN
}
