import { Duration } from 'aws-cdk-lib'
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { FunctionName, Stage } from '../../shared/config/stage.ts'
import type { DataStack } from '../data-stack.ts'
import type { LogMetric } from './log-metrics.ts'
import { fromLog, LOG_METRICS } from './log-metrics.ts'
import { formula, ofFunction, ofSchedules } from './metrics.ts'
import type { AlarmSpec } from './raise-alarm.ts'

const ABOVE = ComparisonOperator.GREATER_THAN_THRESHOLD
const BELOW = ComparisonOperator.LESS_THAN_THRESHOLD

/** Something happened that should not, and that nothing being told of means did not. */
const ANY = { comparison: ABOVE, threshold: 0, periods: 1, missing: 'fine' } as const

/** A day and two hours without a sign of life. */
const HEARTBEAT_HOURS = 26

const HEARTBEAT = { comparison: BELOW, threshold: 1, periods: HEARTBEAT_HOURS, missing: 'alarming' } as const
const HOURLY_SUM = { statistic: 'Sum', minutes: 60 }

/** Alarms on what runs by itself: that it runs, and that what fails is seen. */
export function workAlarms(
  stage: Stage,
  { alertTopic, failures, schedulerDeadLetters }: Pick<DataStack, 'alertTopic' | 'failures' | 'schedulerDeadLetters'>,
): AlarmSpec[] {
  // What the alert function was to be told may lie in these queues, and of its own failure it cannot tell.
  const past = { past: alertTopic }
  return [
    {
      ...{ name: 'pipeline-heartbeat', severity: 'critical', ...HEARTBEAT },
      metric: fromLog(stage, LOG_METRICS.pipelineRuns, HOURLY_SUM),
      meaning: `No run of the pipeline has been published for ${HEARTBEAT_HOURS} hours.`,
    },
    {
      ...{ name: 'drift-heartbeat', severity: 'warning', ...HEARTBEAT },
      metric: completed(stage, 'drift'),
      meaning: `No check for drift has been completed for ${HEARTBEAT_HOURS} hours.`,
    },
    {
      ...{ name: 'failures-waiting', severity: 'critical', ...ANY, ...past, metric: depth(failures) },
      meaning: 'A function failed for good at something that nobody waits for.',
    },
    {
      ...{ name: 'undelivered-waiting', severity: 'critical', ...ANY, ...past, metric: depth(schedulerDeadLetters) },
      meaning: 'A schedule or an event could not be delivered to its function.',
    },
    {
      ...{ name: 'schedule-errors', severity: 'warning', ...ANY, metric: ofSchedules(stage, 'TargetErrorCount') },
      meaning: 'Scheduler could not call a function and tries again.',
    },
    {
      ...{
        name: 'schedule-dropped',
        severity: 'critical',
        ...ANY,
        metric: ofSchedules(stage, 'InvocationDroppedCount'),
      },
      meaning: 'Scheduler gave up calling a function.',
    },
    { ...failing(stage, 'alert', 'Messages to people were not sent.'), ...past },
    failing(stage, 'guard', 'The function that takes traffic from a bad canary failed.'),
  ]
}

/** Alarms on bets of high grade, and on what is lost of predictions. */
export function predictionAlarms(stage: Stage): AlarmSpec[] {
  const sixHours = { statistic: 'Sum', minutes: 360 }
  const lost = (metric: LogMetric) => ({ ...ANY, metric: fromLog(stage, metric) })
  return [
    {
      ...{ name: 'high-grades-none', severity: 'notice', comparison: ABOVE, threshold: 0, periods: 1, missing: 'fine' },
      metric: formula(
        'IF(answers > 0 AND high < 1, 1, 0)',
        {
          answers: fromLog(stage, LOG_METRICS.predictionAnswers, sixHours),
          high: fromLog(stage, LOG_METRICS.highGrades, sixHours),
        },
        { minutes: 360, label: 'six hours of predictions without grade A or B' },
      ),
      meaning: 'Predictions were asked for, and in six hours none had grade A or B.',
    },
    {
      ...{
        name: 'high-grades-spike',
        severity: 'notice',
        comparison: ABOVE,
        threshold: 10,
        periods: 1,
        missing: 'fine',
      },
      metric: fromLog(stage, LOG_METRICS.gradeA, { statistic: 'Sum', minutes: 15 }),
      meaning: 'More than ten answers of a quarter of an hour had grade A.',
    },
    {
      ...{ name: 'high-grades-lost', severity: 'warning', ...lost(LOG_METRICS.highGradesLost) },
      meaning: 'Bets of grade A or B could not be told of.',
    },
    {
      ...{ name: 'prediction-log-lost', severity: 'warning', ...lost(LOG_METRICS.predictionLogLost) },
      meaning: 'Lines of the prediction log are lost: decay is judged on fewer predictions than were served.',
    },
  ]
}

function failing(stage: Stage, fn: FunctionName, meaning: string): AlarmSpec {
  const metric = ofFunction(stage, fn, 'Errors')
  return { ...ANY, name: `${fn}-errors`, severity: 'critical', metric, meaning }
}

/** Invocations of an hour that did not fail. */
function completed(stage: Stage, fn: FunctionName) {
  const metrics = {
    invocations: ofFunction(stage, fn, 'Invocations', HOURLY_SUM),
    errors: ofFunction(stage, fn, 'Errors', HOURLY_SUM),
  }
  return formula('invocations - errors', metrics, { minutes: 60, label: `${fn} completed` })
}

function depth(queue: IQueue) {
  return queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: Duration.minutes(5) })
}
