import { invariant } from '../kernel/errors.ts'
import type { MetricUnit } from '../kernel/ports.ts'

/** Where our metrics are found in CloudWatch. */
export const NAMESPACE = 'Closeline'

export type Dimensions = Readonly<Record<string, string>>

/** Values further from nought than this CloudWatch refuses; a comparison with it refuses NaN too. */
const LARGEST = 2 ** 360
const MOST_DIMENSIONS = 30
const LONGEST_DIMENSION_VALUE = 1024
/** Values that one line may hold of a metric, and metrics that one directive may name. */
const MOST_VALUES = 100

/** Whether CloudWatch takes a value. */
export function isRecordable(value: number): boolean {
  return Math.abs(value) <= LARGEST
}

/** @throws {InvariantError} where CloudWatch would drop the line: the metric would be missing without a word */
export function assertDimensions(name: string, dimensions: Dimensions): void {
  const entries = Object.entries(dimensions)
  invariant(entries.length <= MOST_DIMENSIONS, `metric ${name} has ${entries.length} dimensions`)
  for (const [dimension, value] of entries) {
    // They share one object with the value and the metadata.
    invariant(dimension !== name && dimension !== '_aws', `metric ${name} has a dimension named ${dimension}`)
    const isTaken = /^[ -~]+$/.test(value) && value.trim() !== '' && value.length <= LONGEST_DIMENSION_VALUE
    invariant(isTaken, `metric ${name} has ${JSON.stringify(value)} for ${dimension}`)
  }
}

/** Metrics that one line of the log tells together. */
export interface EmfLine {
  /**
   * Takes a value in.
   *
   * @param sets  the series that the value counts in, each by its dimensions; the same ones for a name, always
   * @returns false where it does not fit: a dimension has another value here, or the line is full
   */
  add(name: string, value: number, unit: MetricUnit, sets: readonly Dimensions[]): boolean
  /** The line, without its end. */
  text(atMs: number): string
}

interface Directive {
  Dimensions: string[][]
  Metrics: { Name: string; Unit: MetricUnit }[]
}

/**
 * A line in CloudWatch's embedded metric format. Values and dimensions are members of one object, so that metrics share a
 * line where no name stands for two things.
 *
 * @see AWS, "Specification: Embedded metric format", CloudWatch user guide
 */
export function createEmfLine(namespace = NAMESPACE): EmfLine {
  const dimensionValues: Record<string, string> = {}
  const values = new Map<string, { values: number[]; directive: string }>()
  const directives = new Map<string, Directive>()

  function fits(name: string, key: string, dimensions: Dimensions): boolean {
    const held = values.get(name)
    if (held !== undefined && (held.directive !== key || held.values.length >= MOST_VALUES)) return false
    if (held === undefined && (directives.get(key)?.Metrics.length ?? 0) >= MOST_VALUES) return false
    if (name in dimensionValues) return false
    return Object.entries(dimensions).every(
      ([dimension, value]) => (dimensionValues[dimension] ?? value) === value && !values.has(dimension),
    )
  }

  return {
    add(name, value, unit, sets) {
      const Dimensions = sets.map((set) => Object.keys(set))
      const key = JSON.stringify(Dimensions)
      const dimensions: Dimensions = Object.assign({}, ...sets)
      if (!fits(name, key, dimensions)) return false
      Object.assign(dimensionValues, dimensions)
      const directive = directives.get(key) ?? { Dimensions, Metrics: [] }
      directives.set(key, directive)
      const held = values.get(name)
      if (held !== undefined) held.values.push(value)
      else {
        values.set(name, { values: [value], directive: key })
        directive.Metrics.push({ Name: name, Unit: unit })
      }
      return true
    },
    text(atMs) {
      const CloudWatchMetrics = [...directives.values()].map((directive) => ({ Namespace: namespace, ...directive }))
      const members = [...values].map(([name, { values: all }]) => [name, all.length === 1 ? all[0] : all] as const)
      const _aws = { Timestamp: Math.round(atMs), CloudWatchMetrics }
      return JSON.stringify({ _aws, ...dimensionValues, ...Object.fromEntries(members) })
    },
  }
}
