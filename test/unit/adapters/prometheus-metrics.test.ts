import { describe, expect, it } from 'vitest'
import { prometheusMetrics } from '../../../shared/adapters/prometheus-metrics.ts'
import { seriesName } from '../../../shared/config/metric-catalogue.ts'
import { InvariantError } from '../../../shared/kernel/errors.ts'

/** Lines of a page that begin with a text. */
async function linesOf(metrics: ReturnType<typeof prometheusMetrics>, prefix: string): Promise<string[]> {
  return (await metrics.page()).split('\n').filter((line) => line.startsWith(prefix))
}

describe('a series’ name', () => {
  it.each([
    ['predictions_total', 'Count', 'closeline_predictions_total'],
    ['BetsProcessed', 'Count', 'closeline_bets_processed_total'],
    ['prediction_latency', 'Milliseconds', 'closeline_prediction_latency_seconds'],
    ['http_request_duration_ms', 'Milliseconds', 'closeline_http_request_duration_seconds'],
    ['data_age', 'Seconds', 'closeline_data_age_seconds'],
    ['model_load_timestamp', 'None', 'closeline_model_load_timestamp'],
    ['anomaly_rate', 'Percent', 'closeline_anomaly_rate_percent'],
    ['lake_bytes', 'Bytes', 'closeline_lake_bytes'],
  ] as const)('of %s in %s is %s', (name, unit, series) => {
    expect(seriesName(name, unit)).toBe(series)
  })
})

describe('the page for Prometheus', () => {
  it('has the API’s metrics before anything is recorded', async () => {
    const page = await prometheusMetrics().page()
    for (const [name, type] of [
      ['predictions_total', 'counter'],
      ['prediction_latency_seconds', 'histogram'],
      ['model_load_timestamp', 'gauge'],
      ['active_requests', 'gauge'],
      ['high_grade_bets_total', 'counter'],
    ]) {
      expect(page).toContain(`# TYPE closeline_${name} ${type}`)
    }
    expect(page).toContain('\ncloseline_model_load_timestamp 0\n')
    expect(page).toContain('closeline_process_resident_memory_bytes ')
  })

  it('adds up counts by their labels', async () => {
    const metrics = prometheusMetrics()
    const dimensions = { sport: 'NBA', market: 'Player "Points"', grade: 'A' }
    metrics.record('predictions_total', 2, 'Count', dimensions)
    metrics.record('predictions_total', 1, 'Count', { ...dimensions })
    metrics.record('predictions_total', 1, 'Count', { ...dimensions, grade: 'B' })
    const expected = [
      'closeline_predictions_total{sport="NBA",market="Player \\"Points\\"",grade="A"} 3',
      'closeline_predictions_total{sport="NBA",market="Player \\"Points\\"",grade="B"} 1',
    ]
    expect(await linesOf(metrics, 'closeline_predictions_total')).toEqual(expected)
    expect(await linesOf(metrics, 'closeline_predictions_total')).toEqual(expected)
    metrics.record('predictions_total', 4, 'Count', dimensions)
    expect((await linesOf(metrics, 'closeline_predictions_total'))[0]).toMatch(/ 7$/)
  })

  it('has durations as a histogram in seconds, with the bounds that dashboards know', async () => {
    const metrics = prometheusMetrics()
    for (const ms of [0.4, 12, 30, 400, 2000]) metrics.record('prediction_latency', ms, 'Milliseconds')
    const lines = await linesOf(metrics, 'closeline_prediction_latency_seconds_bucket')
    const atMost = Object.fromEntries(lines.map((line) => /le="(.+)"} (\d+)/.exec(line)?.slice(1) ?? []))
    expect(atMost).toMatchObject({
      ...{ '0.0005': '1', '0.01': '1', '0.025': '2', '0.05': '3', '0.1': '3', '0.25': '3', '0.5': '4', '1': '4' },
      '+Inf': '5',
    })
    const [total] = await linesOf(metrics, 'closeline_prediction_latency_seconds_sum')
    expect(Number(total?.split(' ')[1])).toBeCloseTo(2.4424, 9)
    expect(await linesOf(metrics, 'closeline_prediction_latency_seconds_count')).toEqual([
      'closeline_prediction_latency_seconds_count 5',
    ])
  })

  it('keeps durations of each route apart', async () => {
    const metrics = prometheusMetrics()
    const of = (route: string) => ({ route, method: 'GET', status: '2xx' })
    metrics.record('http_request_duration_ms', 1, 'Milliseconds', of('/a'))
    metrics.record('http_request_duration_ms', 3, 'Milliseconds', of('/"b"'))
    metrics.record('http_request_duration_ms', 3, 'Milliseconds', of('/"b"'))
    const name = 'closeline_http_request_duration_seconds'
    expect(await linesOf(metrics, `${name}_count`)).toEqual([
      `${name}_count{route="/a",method="GET",status="2xx"} 1`,
      `${name}_count{route="/\\"b\\"",method="GET",status="2xx"} 2`,
    ])
    expect(await linesOf(metrics, `${name}_bucket{le="0.001"`)).toEqual([
      `${name}_bucket{le="0.001",route="/a",method="GET",status="2xx"} 1`,
      `${name}_bucket{le="0.001",route="/\\"b\\"",method="GET",status="2xx"} 0`,
    ])
  })

  it('has the last value of a level', async () => {
    const metrics = prometheusMetrics()
    for (const value of [1, 7, 3]) metrics.record('active_requests', value, 'None')
    expect(await linesOf(metrics, 'closeline_active_requests')).toEqual(['closeline_active_requests 3'])
  })

  it('takes metrics that it has not heard of', async () => {
    const metrics = prometheusMetrics()
    metrics.record('KeysRefreshed', 1, 'Count', { outcome: 'same' })
    expect(await linesOf(metrics, 'closeline_keys_refreshed_total')).toEqual([
      'closeline_keys_refreshed_total{outcome="same"} 1',
    ])
  })

  it('keeps no more series of a metric than it may, and counts the rest together', async () => {
    const metrics = prometheusMetrics()
    for (let i = 0; i < 3000; i++) metrics.record('high_grade_bets_total', 1, 'Count', { grade: `g${i}` })
    const lines = await linesOf(metrics, 'closeline_high_grade_bets_total')
    expect(lines).toHaveLength(501)
    expect(lines.at(-1)).toBe('closeline_high_grade_bets_total{grade="other"} 2500')
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('does not record %d', async (value) => {
    const metrics = prometheusMetrics()
    metrics.record('prediction_latency', value, 'Milliseconds')
    metrics.record('active_requests', value, 'None')
    metrics.record('prediction_log_lost', value, 'Count')
    expect(await linesOf(metrics, 'closeline_prediction_latency_seconds_count')).toEqual([
      'closeline_prediction_latency_seconds_count 0',
    ])
    expect(await linesOf(metrics, 'closeline_active_requests')).toEqual(['closeline_active_requests 0'])
  })

  it('refuses what is no count, another unit, and labels that CloudWatch would not take', () => {
    const metrics = prometheusMetrics()
    expect(() => metrics.record('prediction_log_lost', -1, 'Count')).toThrow(InvariantError)
    expect(() => metrics.record('prediction_log_lost', 1, 'None')).toThrow(InvariantError)
    for (const grade of ['', ' ', 'Köln', 'a\nb']) {
      expect(() => metrics.record('high_grade_bets_total', 1, 'Count', { grade })).toThrow(InvariantError)
    }
  })

  it('is of its own registry', async () => {
    const [one, other] = [prometheusMetrics(), prometheusMetrics()]
    one.record('active_requests', 5, 'None')
    expect(await linesOf(other, 'closeline_active_requests')).toEqual(['closeline_active_requests 0'])
  })
})
