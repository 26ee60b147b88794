import type { MetricUnit } from '../kernel/ports.ts'

/** One metric of the API, as it is recorded. */
export interface CataloguedMetric {
  name: string
  /** `Count` adds up, `Milliseconds` is a distribution of durations, `None` is a level. */
  unit: Extract<MetricUnit, 'Count' | 'Milliseconds' | 'None'>
  dimensions: readonly string[]
  help: string
}

const OF_REQUEST = ['route', 'method', 'status'] as const

/** What the API records of itself. Monitors read it under the names of {@link seriesName}. */
export const API_METRICS: readonly CataloguedMetric[] = [
  {
    ...{ name: 'predictions_total', unit: 'Count' },
    dimensions: ['sport', 'market', 'grade'],
    help: 'Bets predicted; the grade is "error" where none could be.',
  },
  { ...{ name: 'prediction_latency', unit: 'Milliseconds' }, dimensions: [], help: 'Time that a prediction took.' },
  {
    ...{ name: 'model_load_timestamp', unit: 'None' },
    dimensions: [],
    help: 'When the model in service was loaded, in seconds since 1970; 0 before the first.',
  },
  { ...{ name: 'active_requests', unit: 'None' }, dimensions: [], help: 'Requests under way.' },
  {
    ...{ name: 'high_grade_bets_total', unit: 'Count' },
    dimensions: ['grade'],
    help: 'Bets of the grades A and B that were told of.',
  },
  {
    ...{ name: 'high_grade_bets_lost', unit: 'Count' },
    dimensions: [],
    help: 'Bets of the grades A and B that could not be told of.',
  },
  {
    ...{ name: 'prediction_log_lost', unit: 'Count' },
    dimensions: [],
    help: 'Lines of the prediction log that could not be kept.',
  },
  {
    ...{ name: 'http_requests_total', unit: 'Count' },
    dimensions: OF_REQUEST,
    help: 'Requests answered, by declared path, method and class of status.',
  },
  {
    ...{ name: 'http_request_duration_ms', unit: 'Milliseconds' },
    dimensions: OF_REQUEST,
    help: 'Time from a request to its answer.',
  },
  {
    ...{ name: 'http_errors_total', unit: 'Count' },
    dimensions: OF_REQUEST,
    help: 'Requests that were answered with a status of 500 or above.',
  },
]

/**
 * The name of a metric in Prometheus' way: our prefix, snake case, base units, `_total` on what adds up.
 *
 * @example seriesName('prediction_latency', 'Milliseconds') // 'closeline_prediction_latency_seconds'
 * @example seriesName('BetsProcessed', 'Count') // 'closeline_bets_processed_total'
 * @see Prometheus, "Metric and label naming"
 */
export function seriesName(name: string, unit: MetricUnit): string {
  const snake = name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase()
  const plain = snake.replaceAll(/[^a-z0-9_]/g, '_').replace(SUFFIX, '')
  return `closeline_${plain}${SUFFIXES[unit]}`
}

const SUFFIX = /_(total|ms|milliseconds|seconds|bytes|percent|ratio)$/

const SUFFIXES: Record<MetricUnit, string> = {
  Count: '_total',
  Milliseconds: '_seconds',
  Seconds: '_seconds',
  Bytes: '_bytes',
  Percent: '_percent',
  None: '',
}
