import type { CloudWatchClient, MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch'
import { CloudWatchServiceException, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import type { CataloguedMetric } from '../config/metric-catalogue.ts'
import { API_METRICS } from '../config/metric-catalogue.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import type { Clock, MetricsPage } from '../kernel/ports.ts'
import { isRetryableStatus } from '../kernel/retryable.ts'
import type { CountedSeries } from './cloudwatch-metrics-text.ts'
import { metricsText } from './cloudwatch-metrics-text.ts'

/** Where emf-metrics puts its values. */
const NAMESPACE = 'Closeline'

const MINUTE_MS = 60_000
/** Values reach CloudWatch through log lines; by then those of a minute are all there. */
const SETTLED_AFTER_MS = 2 * MINUTE_MS
const DAY_MS = 24 * 60 * MINUTE_MS
/** How far back a level or a quantile is looked for: what is older says nothing of now. */
const RECENT_MS = 10 * MINUTE_MS
const QUANTILE_PERIOD_SECONDS = 300
/** After a failure the last page serves this long before the next attempt. */
const RETRY_AFTER_MS = 15_000
/** Pages of an answer; one has 100,800 points. */
const MOST_PAGES = 10

/**
 * What is shown where nothing else is said. Not `active_requests`, which each environment of a function counts for
 * itself (concurrent executions are shown in its place), and no durations by route: each series asked for is paid for.
 */
const SHOWN = API_METRICS.filter(({ name }) => name !== 'active_requests' && name !== 'http_request_duration_ms')

export interface CloudWatchPageOptions {
  clock: Clock
  metrics?: readonly CataloguedMetric[]
  /** Functions whose concurrent executions are shown as `closeline_active_requests`. */
  functionNames?: readonly string[]
}

interface HeldPage {
  asOfMs: number
  text: string
}

/**
 * The API's metrics as CloudWatch has added them up over all environments of its functions.
 *
 * Counters are sums since midnight, UTC, which a monitor takes for a restart there. All environments show the same whole
 * minute, so that a counter does not seem to fall from one scrape to the next: a page is asked for once a minute, calls
 * that overlap share one request, and after a failure the last good page is shown, whose age
 * `closeline_metrics_as_of_timestamp_seconds` tells.
 *
 * @see AWS, "GetMetricData", CloudWatch API reference; "CloudWatch search expression syntax", user guide
 */
export function cloudwatchMetricsPage(client: CloudWatchClient, options: CloudWatchPageOptions): MetricsPage {
  const { clock, metrics = SHOWN, functionNames = [] } = options
  let held: HeldPage | undefined
  let running: Promise<HeldPage> | undefined
  let failedAtMs = Number.NEGATIVE_INFINITY
  const read = (asOfMs: number) => {
    running ??= readPage(client, { metrics, functionNames, asOfMs }).finally(() => {
      running = undefined
    })
    return running
  }
  return {
    async page() {
      const nowMs = clock()
      const asOfMs = Math.floor((nowMs - SETTLED_AFTER_MS) / MINUTE_MS) * MINUTE_MS
      if (held !== undefined && (held.asOfMs >= asOfMs || nowMs - failedAtMs < RETRY_AFTER_MS)) return held.text
      try {
        held = await read(asOfMs)
      } catch (thrown) {
        failedAtMs = nowMs
        if (held === undefined) throw thrown
      }
      return held.text
    },
  }
}

interface PageQuestion {
  metrics: readonly CataloguedMetric[]
  functionNames: readonly string[]
  asOfMs: number
}

async function readPage(client: CloudWatchClient, question: PageQuestion): Promise<HeldPage> {
  const { metrics, functionNames, asOfMs } = question
  const midnightMs = Math.floor(asOfMs / DAY_MS) * DAY_MS
  const sums = metrics.flatMap((metric, i) => sumQueries(metric, `m${i}`))
  const recent = [
    ...metrics.flatMap((metric, i) => recentQueries(metric, `m${i}`)),
    ...functionNames.map((name, i) => concurrencyQuery(name, `f${i}`)),
  ]
  const [counted, latest] = await Promise.all([
    fetchSeries(client, sums, { fromMs: midnightMs, toMs: asOfMs }),
    fetchSeries(client, recent, { fromMs: asOfMs - RECENT_MS, toMs: asOfMs }),
  ])
  return { asOfMs, text: metricsText({ metrics, functionNames, asOfMs, counted, latest }) }
}

/** Ids tell the metric and the statistic: `m3_sum`. */
function sumQueries(metric: CataloguedMetric, id: string): MetricDataQuery[] {
  if (metric.unit === 'None') return []
  const sum = query(metric, `${id}_sum`, { stat: 'Sum', periodSeconds: 60 })
  return metric.unit === 'Count' ? [sum] : [sum, query(metric, `${id}_n`, { stat: 'SampleCount', periodSeconds: 60 })]
}

function recentQueries(metric: CataloguedMetric, id: string): MetricDataQuery[] {
  if (metric.unit === 'Count') return []
  if (metric.unit === 'None') return [query(metric, `${id}_max`, { stat: 'Maximum', periodSeconds: 60 })]
  const periodSeconds = QUANTILE_PERIOD_SECONDS
  return ['p50', 'p95', 'p99'].map((stat) => query(metric, `${id}_${stat}`, { stat, periodSeconds }))
}

/** One series by its name; the series of a metric with dimensions by a search, their values told in the label. */
function query(
  { name, dimensions }: CataloguedMetric,
  Id: string,
  { stat, periodSeconds }: { stat: string; periodSeconds: number },
): MetricDataQuery {
  if (dimensions.length === 0) {
    const Metric = { Namespace: NAMESPACE, MetricName: name }
    return { Id, MetricStat: { Metric, Stat: stat, Period: periodSeconds } }
  }
  const schema = [NAMESPACE, ...dimensions].join(',')
  const Expression = `SEARCH('{${schema}} MetricName="${name}"', '${stat}', ${periodSeconds})`
  return { Id, Expression, Label: JSON.stringify(dimensions.map((dimension) => `\${PROP('Dim.${dimension}')}`)) }
}

function concurrencyQuery(functionName: string, Id: string): MetricDataQuery {
  const Dimensions = [{ Name: 'FunctionName', Value: functionName }]
  const Metric = { Namespace: 'AWS/Lambda', MetricName: 'ConcurrentExecutions', Dimensions }
  return { Id, MetricStat: { Metric, Stat: 'Maximum', Period: 60 } }
}

async function fetchSeries(
  client: CloudWatchClient,
  queries: MetricDataQuery[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<CountedSeries[]> {
  if (queries.length === 0 || fromMs >= toMs) return []
  const results: MetricDataResult[] = []
  let token: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await blaming(() =>
      client.send(
        new GetMetricDataCommand({
          ...{ MetricDataQueries: queries, StartTime: new Date(fromMs), EndTime: new Date(toMs) },
          ...{ ScanBy: 'TimestampDescending', NextToken: token },
        }),
      ),
    )
    results.push(...(answer.MetricDataResults ?? []))
    token = answer.NextToken
    if (token === undefined) return results.flatMap(toSeries)
  }
  throw new UpstreamError('CloudWatch', `metrics take more than ${MOST_PAGES} pages`, { retryable: false })
}

function toSeries({ Id, Label, Values = [] }: MetricDataResult): CountedSeries[] {
  return Id === undefined || Values.length === 0 ? [] : [{ id: Id, label: Label ?? '', values: Values }]
}

async function blaming<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const status = cause instanceof CloudWatchServiceException ? cause.$metadata.httpStatusCode : undefined
    const explanation = 'the metrics are not to be had at the moment'
    throw new UpstreamError('CloudWatch', messageOf(cause), {
      retryable: isRetryableStatus(status),
      explanation,
      cause,
    })
  }
}
