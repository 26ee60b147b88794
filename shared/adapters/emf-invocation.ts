import type { Clock, Metrics } from '../kernel/ports.ts'
import type { Dimensions, EmfLine } from './emf-line.ts'
import { assertDimensions, createEmfLine, isRecordable } from './emf-line.ts'

/** Metrics that are gathered while a request is answered. */
export interface InvocationMetrics extends Metrics {
  /** Writes what was gathered. */
  flush(): void
}

export interface InvocationMetricsOptions {
  /** Metrics that are not kept. */
  omitted?: readonly string[]
  /** Metrics that also count for the version that answered, so that two versions can be held side by side. */
  byVersion?: readonly string[]
  /** That version, as dimensions; asked for at each value. Without any, nothing counts by version. */
  versionOf?: () => Dimensions
}

/**
 * {@link Metrics} as log lines in CloudWatch's embedded metric format, as few lines as there can be: what one request gives
 * rise to is most often one. A line costs what its bytes do, and one for each value said the same thrice.
 *
 * @param write  takes a line without its end
 */
export function emfInvocationMetrics(
  write: (line: string) => void,
  clock: Clock,
  { omitted = [], byVersion = [], versionOf = () => ({}) }: InvocationMetricsOptions = {},
): InvocationMetrics {
  let lines: EmfLine[] = []
  const isOmitted = new Set(omitted)
  const isByVersion = new Set(byVersion)
  return {
    record(name, value, unit, dimensions = {}) {
      if (isOmitted.has(name) || !isRecordable(value)) return
      assertDimensions(name, dimensions)
      const version = isByVersion.has(name) ? versionOf() : {}
      assertDimensions(name, version)
      const sets = Object.keys(version).length === 0 ? [dimensions] : [dimensions, version]
      if (lines.some((line) => line.add(name, value, unit, sets))) return
      const line = createEmfLine()
      line.add(name, value, unit, sets)
      lines.push(line)
    },
    flush() {
      const full = lines
      lines = []
      for (const line of full) write(line.text(clock()))
    },
  }
}
