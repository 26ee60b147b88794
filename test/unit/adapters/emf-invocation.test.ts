import { describe, expect, it } from 'vitest'
import { emfInvocationMetrics } from '../../../shared/adapters/emf-invocation.ts'
import { METRICS_BY_VERSION, METRICS_OMITTED, versionDimensions } from '../../../shared/config/version-metrics.ts'
import { InvariantError } from '../../../shared/kernel/errors.ts'

const NOW_MS = 1_748_750_400_000
const LAMBDA = { functionName: 'closeline-dev-prediction', functionVersion: '8' }

function recording(options: Parameters<typeof emfInvocationMetrics>[2] = {}) {
  const lines: string[] = []
  const write = (line: string) => lines.push(line)
  const metrics = emfInvocationMetrics(write, () => NOW_MS, options)
  const flushed = () => {
    metrics.flush()
    return lines.splice(0).map((line) => JSON.parse(line))
  }
  return { metrics, lines, flushed }
}

/** The form is that of AWS's specification of the embedded metric format. */
describe('metrics of an invocation', () => {
  it('of one prediction are one line', () => {
    const { metrics, flushed } = recording({
      omitted: METRICS_OMITTED,
      byVersion: METRICS_BY_VERSION,
      versionOf: () => versionDimensions(LAMBDA, 'blend-0f3a9c2b71de'),
    })
    const request = { route: '/api/v1/predict', method: 'POST', status: '2xx' }
    metrics.record('active_requests', 1, 'None')
    metrics.record('prediction_latency', 0.5, 'Milliseconds')
    metrics.record('predictions_total', 1, 'Count', { sport: 'Tennis', market: 'Moneyline', grade: 'C' })
    metrics.record('active_requests', 0, 'None')
    metrics.record('http_requests_total', 1, 'Count', request)
    metrics.record('http_request_duration_ms', 1.25, 'Milliseconds', request)
    const version = ['FunctionName', 'FunctionVersion', 'ModelVersion']
    const directive = (dimensions: string[], ...named: [string, string][]) => ({
      Namespace: 'Closeline',
      Dimensions: [dimensions, version],
      Metrics: named.map(([Name, Unit]) => ({ Name, Unit })),
    })
    expect(flushed()).toEqual([
      {
        _aws: {
          Timestamp: NOW_MS,
          CloudWatchMetrics: [
            directive([], ['prediction_latency', 'Milliseconds']),
            directive(['sport', 'market', 'grade'], ['predictions_total', 'Count']),
            directive(
              ['route', 'method', 'status'],
              ['http_requests_total', 'Count'],
              ['http_request_duration_ms', 'Milliseconds'],
            ),
          ],
        },
        ...{ FunctionName: LAMBDA.functionName, FunctionVersion: '8', ModelVersion: 'blend-0f3a9c2b71de' },
        ...{ sport: 'Tennis', market: 'Moneyline', grade: 'C', ...request },
        ...{ prediction_latency: 0.5, predictions_total: 1, http_requests_total: 1, http_request_duration_ms: 1.25 },
      },
    ])
  })

  it('are written when they are flushed, and once', () => {
    const { metrics, lines, flushed } = recording()
    metrics.record('BetsProcessed', 1, 'Count')
    expect(lines).toEqual([])
    expect(flushed()).toHaveLength(1)
    expect(flushed()).toEqual([])
  })

  it('share a line as several values of one name, up to a hundred', () => {
    const { metrics, flushed } = recording()
    for (let value = 1; value <= 101; value++) metrics.record('BetsProcessed', value, 'Count')
    const [first, second] = flushed()
    expect(first.BetsProcessed).toHaveLength(100)
    expect(second.BetsProcessed).toBe(101)
  })

  it.each([
    ['another value of a dimension', { sport: 'Tennis' }, { sport: 'Golf' }],
    ['other dimensions of the name', { sport: 'Tennis' }, {}],
  ])('take another line for %s', (_, one, other) => {
    const { metrics, flushed } = recording()
    metrics.record('predictions_total', 1, 'Count', one)
    metrics.record('predictions_total', 2, 'Count', other)
    expect(flushed().map((line) => [line.predictions_total, line.sport])).toEqual([
      [1, one.sport],
      [2, 'sport' in other ? other.sport : undefined],
    ])
  })

  it('never let a name stand for a metric and a dimension in one line', () => {
    const { metrics, flushed } = recording()
    metrics.record('grade', 1, 'None')
    metrics.record('predictions_total', 1, 'Count', { grade: 'A' })
    metrics.record('grade', 2, 'None')
    const lines = flushed()
    expect(lines.map(({ grade }) => grade)).toEqual([[1, 2], 'A'])
  })

  it('count by version only outside of dimensions that are not known yet', () => {
    const { metrics, flushed } = recording({ byVersion: ['a', 'b'], versionOf: () => versionDimensions(LAMBDA) })
    metrics.record('a', 1, 'Count')
    metrics.record('c', 1, 'Count')
    const [{ _aws }] = flushed()
    expect(_aws.CloudWatchMetrics.map(({ Dimensions }: { Dimensions: string[][] }) => Dimensions)).toEqual([
      [[], ['FunctionName', 'FunctionVersion']],
      [[]],
    ])
    expect(versionDimensions({ functionName: undefined, functionVersion: null }, 'x')).toEqual({})
  })

  it('refuse what CloudWatch would drop, and keep the rest', () => {
    const { metrics, flushed } = recording()
    metrics.record('BetsProcessed', Number.NaN, 'Count')
    expect(() => metrics.record('BetsProcessed', 1, 'Count', { Source: 'Köln' })).toThrow(InvariantError)
    metrics.record('BetsProcessed', 3, 'Count')
    expect(flushed().map((line) => line.BetsProcessed)).toEqual([3])
  })
})
