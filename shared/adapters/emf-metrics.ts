import { invariant } from '../kernel/errors.ts'
import type { Clock, Metrics, MetricUnit } from '../kernel/ports.ts'

const NAMESPACE = 'Closeline'

/** Values further from nought than this CloudWatch refuses; a comparison with it refuses NaN too. */
const LARGEST = 2 ** 360
const MOST_DIMENSIONS = 30
const LONGEST_DIMENSION_VALUE = 1024

/**
 * {@link Metrics} as log lines that CloudWatch takes values out of, one line for each, in its embedded metric format.
 *
 * @param write  takes a line without its end; CloudWatch reads only lines that hold nothing else
 * @see AWS, "Specification: Embedded metric format", CloudWatch user guide
 */
export function emfMetrics(write: (line: string) => void, clock: Clock): Metrics {
  return {
    record(name, value, unit, dimensions = {}) {
      if (!(Math.abs(value) <= LARGEST)) return
      assertDimensions(name, dimensions)
      const metadata = { Timestamp: Math.round(clock()), CloudWatchMetrics: [directive(name, unit, dimensions)] }
      write(JSON.stringify({ _aws: metadata, ...dimensions, [name]: value }))
    },
  }
}

function directive(name: string, unit: MetricUnit, dimensions: Readonly<Record<string, string>>) {
  return { Namespace: NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics: [{ Name: name, Unit: unit }] }
}

/** @throws {InvariantError} where CloudWatch would drop the line: the metric would be missing without a word */
function assertDimensions(name: string, dimensions: Readonly<Record<string, string>>): void {
  const entries = Object.entries(dimensions)
  invariant(entries.length <= MOST_DIMENSIONS, `metric ${name} has ${entries.length} dimensions`)
  for (const [dimension, value] of entries) {
    // They share one object with the value and the metadata.
    invariant(dimension !== name && dimension !== '_aws', `metric ${name} has a dimension named ${dimension}`)
    const isTaken = /^[ -~]+$/.test(value) && value.trim() !== '' && value.length <= LONGEST_DIMENSION_VALUE
    invariant(isTaken, `metric ${name} has ${JSON.stringify(value)} for ${dimension}`)
  }
}
