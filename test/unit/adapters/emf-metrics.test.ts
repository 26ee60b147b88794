import { describe, expect, it } from 'vitest'
import { emfMetrics } from '../../../shared/adapters/emf-metrics.ts'
import { InvariantError } from '../../../shared/kernel/errors.ts'

const NOW_MS = Date.UTC(2025, 5, 1, 4)

function recording() {
  const lines: string[] = []
  return {
    lines,
    metrics: emfMetrics(
      (line) => lines.push(line),
      () => NOW_MS,
    ),
  }
}

/** The form is that of the example in AWS's specification of the embedded metric format. */
describe('metrics in log lines', () => {
  it('write a document in embedded metric format', () => {
    const { lines, metrics } = recording()
    metrics.record('PipelineDuration', 4200.5, 'Milliseconds', { Trigger: 'schedule', Layer: 'processed' })
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        _aws: {
          Timestamp: 1748750400000,
          CloudWatchMetrics: [
            {
              Namespace: 'Closeline',
              Dimensions: [['Trigger', 'Layer']],
              Metrics: [{ Name: 'PipelineDuration', Unit: 'Milliseconds' }],
            },
          ],
        },
        Trigger: 'schedule',
        Layer: 'processed',
        PipelineDuration: 4200.5,
      },
    ])
  })

  it('write an empty set of dimensions where there are none', () => {
    const { lines, metrics } = recording()
    metrics.record('BetsProcessed', 1, 'Count')
    expect(JSON.parse(lines[0] ?? '')._aws.CloudWatchMetrics[0].Dimensions).toEqual([[]])
  })

  it('write one line for each value, and nothing else in it', () => {
    const { lines, metrics } = recording()
    metrics.record('BetsProcessed', 1, 'Count')
    metrics.record('BetsProcessed', 2, 'Count')
    expect(lines).toHaveLength(2)
    expect(lines.filter((line) => !/^\{[^\n]*\}$/.test(line))).toEqual([])
  })

  it('write a time of whole milliseconds', () => {
    const lines: string[] = []
    emfMetrics(
      (line) => lines.push(line),
      () => NOW_MS + 0.25,
    ).record('BetsProcessed', 1, 'Count')
    expect(JSON.parse(lines[0] ?? '')._aws.Timestamp).toBe(NOW_MS)
  })

  it('write no value that CloudWatch has no room for', () => {
    const { lines, metrics } = recording()
    metrics.record('BetsProcessed', 2 ** 361, 'Count')
    metrics.record('BetsProcessed', -(2 ** 361), 'Count')
    expect(lines).toEqual([])
  })

  const REFUSED: [what: string, dimensions: Record<string, string>][] = [
    ['an empty value', { Source: '' }],
    ['a blank value', { Source: '  ' }],
    ['a value beyond ASCII', { Source: 'Köln' }],
    ['a value of 1,025 characters', { Source: 'x'.repeat(1025) }],
    ['the name of the metric', { BetsProcessed: 'x' }],
    ['the name of the metadata', { _aws: 'x' }],
    ['31 dimensions', Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`d${i}`, 'x']))],
  ]

  it.each(REFUSED)('refuse dimensions that CloudWatch would drop: %s', (_, dimensions) => {
    const { lines, metrics } = recording()
    expect(() => metrics.record('BetsProcessed', 1, 'Count', dimensions)).toThrow(InvariantError)
    expect(lines).toEqual([])
  })
})
