import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { StageConfig } from './stages.ts'

/** How long a log group keeps its lines, by days. */
export const LOG_RETENTION: Record<StageConfig['logRetentionDays'], RetentionDays> = {
  7: RetentionDays.ONE_WEEK,
  30: RetentionDays.ONE_MONTH,
  90: RetentionDays.THREE_MONTHS,
}
