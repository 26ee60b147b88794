import type { Clock, Metrics } from '../kernel/ports.ts'
import { assertDimensions, createEmfLine, isRecordable } from './emf-line.ts'

/**
 * {@link Metrics} as log lines that CloudWatch takes values out of, one line for each, in its embedded metric format.
 *
 * @param write  takes a line without its end; CloudWatch reads only lines that hold nothing else
 * @see AWS, "Specification: Embedded metric format", CloudWatch user guide
 */
export function emfMetrics(write: (line: string) => void, clock: Clock): Metrics {
  return {
    record(name, value, unit, dimensions = {}) {
      if (!isRecordable(value)) return
      assertDimensions(name, dimensions)
      const line = createEmfLine()
      line.add(name, value, unit, [dimensions])
      write(line.text(clock()))
    },
  }
}
