import type { ComparisonOperator, IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { Alarm, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { Stage } from '../../shared/config/stage.ts'

export interface AlarmSpec {
  /** Without the stage: also the heading in the runbook. */
  name: string
  /** The alert function tells what is critical at once and at night too. */
  severity: 'critical' | 'warning' | 'notice'
  /** What is so while the alarm is on. */
  meaning: string
  metric: IMetric
  comparison: ComparisonOperator
  threshold: number
  /** Periods of the metric that are looked at, and of them how many must be beyond the threshold; all where not told. */
  periods: number
  outOf?: number
  /** What it means that there is nothing to look at: nothing is wrong, or that itself is. */
  missing: 'fine' | 'alarming'
  /** Told by this topic too: of what the alert function cannot tell since it may be the one that fails. */
  past?: ITopic
}

/**
 * An alarm of a stage, which says where its runbook is. The bus carries it to the alert function when it begins and when it
 * ends, and that one tells people once, on all channels.
 */
export function raiseAlarm(scope: Construct, stage: Stage, spec: AlarmSpec): Alarm {
  const { name, severity, meaning, metric, comparison, threshold, periods, outOf = periods, missing } = spec
  const alarm = new Alarm(scope, `Alarm-${name}`, {
    alarmName: `closeline-${stage}-${name}`,
    alarmDescription: `${severity}: ${meaning} RUNBOOK.md#${name}`,
    metric,
    comparisonOperator: comparison,
    threshold,
    evaluationPeriods: outOf,
    datapointsToAlarm: periods,
    treatMissingData: missing === 'fine' ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
  })
  if (spec.past !== undefined) {
    const action = new SnsAction(spec.past)
    alarm.addAlarmAction(action)
    alarm.addOkAction(action)
  }
  return alarm
}
