import { describe, expect, it } from 'vitest'
import { emfMetrics } from '../../shared/adapters/emf-metrics.ts'
import { InvariantError } from '../../shared/kernel/errors.ts'
import type { Metrics } from '../../shared/kernel/ports.ts'
import { memoryMetrics } from '../support/memory-metrics.ts'

/** Metrics, and the values of `BetsProcessed` that they recorded. */
const MAKERS: [where: string, make: () => { metrics: Metrics; recorded: () => number[] }][] = [
  [
    'in memory',
    () => {
      const metrics = memoryMetrics()
      return { metrics, recorded: () => metrics.of('BetsProcessed').map(({ value }) => value) }
    },
  ],
  [
    'in log lines',
    () => {
      const lines: string[] = []
      const metrics = emfMetrics((line) => lines.push(line), Date.now)
      return { metrics, recorded: () => lines.map((line) => JSON.parse(line).BetsProcessed) }
    },
  ],
]

describe.each(MAKERS)('metrics %s', (_, make) => {
  it('record every value, nought and below too', () => {
    const { metrics, recorded } = make()
    for (const value of [12, 0, -0.5]) metrics.record('BetsProcessed', value, 'Count', { Trigger: 'schedule' })
    expect(recorded()).toEqual([12, 0, -0.5])
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('do not record %d', (value) => {
    const { metrics, recorded } = make()
    metrics.record('BetsProcessed', value, 'Count')
    expect(recorded()).toEqual([])
  })

  it.each(['', ' ', 'Köln'])('refuse a dimension of the value %j', (value) => {
    const { metrics, recorded } = make()
    expect(() => metrics.record('BetsProcessed', 1, 'Count', { Source: value })).toThrow(InvariantError)
    expect(recorded()).toEqual([])
  })
})
