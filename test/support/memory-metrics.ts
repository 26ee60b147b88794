import { invariant } from '../../shared/kernel/errors.ts'
import type { Metrics, MetricUnit } from '../../shared/kernel/ports.ts'

interface MetricRecord {
  name: string
  value: number
  unit: MetricUnit
  dimensions: Readonly<Record<string, string>>
}

/** Metrics that remember their values. */
export function memoryMetrics(): Metrics & { records: MetricRecord[]; of(name: string): MetricRecord[] } {
  const records: MetricRecord[] = []
  return {
    records,
    of: (name) => records.filter((record) => record.name === name),
    record(name, value, unit, dimensions = {}) {
      const isTaken = Object.values(dimensions).every((dimension) => /^[ -~]*[!-~][ -~]*$/.test(dimension))
      invariant(isTaken, `metric ${name} has ${JSON.stringify(dimensions)} for dimensions`)
      if (Number.isFinite(value)) records.push({ name, value, unit, dimensions })
    },
  }
}
