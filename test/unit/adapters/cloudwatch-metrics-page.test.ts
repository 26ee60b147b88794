import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { mockClient } from 'aws-sdk-client-mock'
import { describe, expect, it } from 'vitest'
import { cloudwatchMetricsPage } from '../../../shared/adapters/cloudwatch-metrics-page.ts'
import { emfMetrics } from '../../../shared/adapters/emf-metrics.ts'
import { AWS_TIMEOUTS } from '../../../shared/config/aws-timeouts.ts'
import type { CataloguedMetric } from '../../../shared/config/metric-catalogue.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { manualClock } from '../../support/manual-clock.ts'

/** A quarter to one in the morning, UTC, and half a minute. */
const NOW_MS = Date.UTC(2026, 10, 21, 0, 45, 30)
const METRICS: CataloguedMetric[] = [
  { name: 'predictions_total', unit: 'Count', dimensions: ['sport', 'grade'], help: 'Bets predicted.' },
  { name: 'prediction_latency', unit: 'Milliseconds', dimensions: [], help: 'Time.' },
  { name: 'model_load_timestamp', unit: 'None', dimensions: [], help: 'When.' },
]

function mockedPage() {
  const client = new CloudWatchClient({ ...AWS_TIMEOUTS, region: 'eu-central-1' })
  const requests = mockClient(client)
  const clock = manualClock(NOW_MS)
  const page = cloudwatchMetricsPage(client, { clock, metrics: METRICS, functionNames: ['prediction'] })
  const questions = () => requests.commandCalls(GetMetricDataCommand).map(({ args: [{ input }] }) => input)
  return { requests, clock, page: () => page.page(), questions }
}

/** Answers what was asked, each series by its id. */
function answering(values: Record<string, [label: string, values: number[]][]>) {
  return ({ MetricDataQueries = [] }: { MetricDataQueries?: MetricDataQuery[] }) => ({
    MetricDataResults: MetricDataQueries.flatMap(({ Id = '' }) =>
      (values[Id] ?? []).map(([Label, Values]) => ({ Id, Label, Values })),
    ),
  })
}

describe('the page of CloudWatch’s sums', () => {
  it('shows counters, summaries in seconds and levels under the names that Prometheus knows', async () => {
    const { requests, page } = mockedPage()
    requests.on(GetMetricDataCommand).callsFake(
      answering({
        m0_sum: [
          ['["NBA","A"]', [2, 1, 4]],
          ['["Odd "one"","B"]', [1]],
        ],
        m1_sum: [['prediction_latency', [30, 20]]],
        m1_n: [['prediction_latency', [3, 2]]],
        m1_p50: [['prediction_latency', [8, 9]]],
        m1_p99: [['prediction_latency', [20]]],
        m2_max: [['model_load_timestamp', [1_700_000_000, 1_600_000_000]]],
        f0: [['x', [4, 9]]],
      }),
    )
    expect(
      await page(),
    ).toBe(`# HELP closeline_metrics_as_of_timestamp_seconds The minute up to which CloudWatch was asked.
# TYPE closeline_metrics_as_of_timestamp_seconds gauge
closeline_metrics_as_of_timestamp_seconds ${Date.UTC(2026, 10, 21, 0, 43) / 1000}

# HELP closeline_predictions_total Bets predicted.
# TYPE closeline_predictions_total counter
closeline_predictions_total{sport="NBA",grade="A"} 7
closeline_predictions_total{sport="Odd \\"one\\"",grade="B"} 1

# HELP closeline_prediction_latency_seconds Time.
# TYPE closeline_prediction_latency_seconds summary
closeline_prediction_latency_seconds{quantile="0.5"} 0.008
closeline_prediction_latency_seconds{quantile="0.99"} 0.02
closeline_prediction_latency_seconds_sum 0.05
closeline_prediction_latency_seconds_count 5

# HELP closeline_model_load_timestamp When.
# TYPE closeline_model_load_timestamp gauge
closeline_model_load_timestamp 1700000000

# HELP closeline_active_requests Concurrent executions of a function.
# TYPE closeline_active_requests gauge
closeline_active_requests{function="prediction"} 4
`)
  })

  it('leaves out what CloudWatch has no value of', async () => {
    const { requests, page } = mockedPage()
    requests.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Id: 'm1_p50', Values: [] }] })
    const text = await page()
    expect(text).toContain('as_of')
    expect(text).not.toContain('latency')
  })

  it('asks for the names that the log lines have, since midnight, up to a whole minute that has settled', async () => {
    const { requests, page, questions } = mockedPage()
    requests.on(GetMetricDataCommand).resolves({})
    await page()
    const [sums, recent] = questions()
    expect([sums?.StartTime, sums?.EndTime]).toEqual([new Date('2026-11-21T00:00Z'), new Date('2026-11-21T00:43Z')])
    expect(recent?.StartTime).toEqual(new Date('2026-11-21T00:33Z'))
    expect(sums?.MetricDataQueries?.[0]).toEqual({
      Id: 'm0_sum',
      Expression: `SEARCH('{Closeline,sport,grade} MetricName="predictions_total"', 'Sum', 60)`,
      Label: `["\${PROP('Dim.sport')}","\${PROP('Dim.grade')}"]`,
    })
    const lines: string[] = []
    emfMetrics((line) => lines.push(line), Date.now).record('prediction_latency', 1, 'Milliseconds')
    const [written] = JSON.parse(lines[0] ?? '')._aws.CloudWatchMetrics
    expect(sums?.MetricDataQueries?.[1]?.MetricStat?.Metric).toEqual({
      Namespace: written.Namespace,
      MetricName: written.Metrics[0].Name,
    })
  })

  it('takes all pages of an answer together', async () => {
    const { requests, page } = mockedPage()
    const of = (values: number[]) => [{ Id: 'm0_sum', Label: '["NBA","A"]', Values: values }]
    requests.on(GetMetricDataCommand).resolves({})
    requests
      .on(GetMetricDataCommand, { StartTime: new Date('2026-11-21T00:00Z') })
      .resolvesOnce({ MetricDataResults: of([1, 2]), NextToken: 'more' })
      .resolvesOnce({ MetricDataResults: of([4]) })
    expect(await page()).toContain('closeline_predictions_total{sport="NBA",grade="A"} 7\n')
  })

  it('is asked for once a minute, and once by calls at the same time', async () => {
    const { requests, page, clock, questions } = mockedPage()
    requests.on(GetMetricDataCommand).resolves({})
    const [first, second] = await Promise.all([page(), page()])
    expect(second).toBe(first)
    clock.advance(29_000)
    await page()
    expect(questions()).toHaveLength(2)
    clock.advance(1000)
    expect(await page()).not.toBe(first)
    expect(questions()).toHaveLength(4)
  })

  it('stays the last good one while CloudWatch fails, which is asked again after 15 seconds', async () => {
    const { requests, page, clock, questions } = mockedPage()
    requests.on(GetMetricDataCommand).resolves({})
    const good = await page()
    clock.advance(60_000)
    requests.on(GetMetricDataCommand).rejects(new Error('throttled'))
    expect(await page()).toBe(good)
    const asked = questions().length
    clock.advance(14_000)
    expect(await page()).toBe(good)
    expect(questions()).toHaveLength(asked)
    requests.on(GetMetricDataCommand).resolves({})
    clock.advance(1000)
    expect(await page()).not.toBe(good)
  })

  it('is none where CloudWatch never answered, without its words', async () => {
    const { requests, page } = mockedPage()
    requests.on(GetMetricDataCommand).rejects(new Error('arn:aws:iam::123 is not authorized'))
    const failed = await page().catch((thrown: unknown) => thrown)
    expect(failed).toBeInstanceOf(UpstreamError)
    expect((failed as UpstreamError).explanation).not.toContain('arn')
  })

  it('begins anew at midnight', async () => {
    const { requests, page, clock, questions } = mockedPage()
    requests.on(GetMetricDataCommand).resolves({})
    clock.advance(23.5 * 3_600_000)
    await page()
    expect(questions()[0]?.StartTime).toEqual(new Date('2026-11-22T00:00Z'))
  })
})
