import { DomainError } from '../kernel/errors.ts'
import type { QualityReport } from '../quality/gate.ts'

/** What a model's manifest tells of the data that it was learned from. */
export interface DataQuality {
  passed: boolean
  /** Names of the checks that failed. */
  failed: string[]
}

export function dataQualityOf({ passed, checks }: QualityReport): DataQuality {
  return { passed, failed: checks.filter((check) => !check.passed).map(({ name }) => name) }
}

/**
 * Stops training on data that failed the quality gate.
 *
 * @param despite  whether a person decided to train all the same; the model's manifest will say so
 * @throws {DomainError} `quality_gate_failed`
 */
export function assertTrainable(report: QualityReport, despite: boolean): void {
  if (report.passed || despite) return
  const failed = report.checks
    .filter((check) => !check.passed)
    .map(({ name, value }) => `${name} (${value ?? 'no value'})`)
  throw new DomainError(
    'quality_gate_failed',
    `the data failed the quality gate, so nothing is learned from it: ${failed.join(', ')}; see  closeline quality`,
  )
}
