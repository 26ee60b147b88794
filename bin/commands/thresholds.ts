import type { Thresholds } from '../../shared/quality/thresholds.ts'
import { parseThresholds } from '../../shared/quality/thresholds.ts'

/** Limits of the quality gate in this deployment: `QUALITY_THRESHOLDS` over the defaults. */
export function thresholdsHere(): Thresholds {
  return parseThresholds(process.env.QUALITY_THRESHOLDS)
}
