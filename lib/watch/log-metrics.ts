import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { FunctionName, Stage } from '../../shared/config/stage.ts'
import { functionName } from '../../shared/config/stage.ts'
import type { Statistic } from './metrics.ts'

/**
 * Metrics that CloudWatch takes from a function's log lines.
 *
 * The product's own metrics bear no stage, so that two stages in one account would be added up, and by version they stand
 * apart by model, so that no alarm could name them. What alarms need is taken from the same lines, from the log group of
 * the stage.
 */
export interface LogMetric {
  /** Name of the metric. */
  name: string
  function: FunctionName
  /** Which lines count, in CloudWatch's words. */
  pattern: string
  /** What a line adds: a number, or the member that holds it. */
  value: string
  /** Whether other lines count as nought, for formulas that need a value; a metric is paid for while it has values. */
  orNought?: true
}

/** Where a stage's metrics of this kind are found. */
export function logMetricNamespace(stage: Stage): string {
  return `Closeline/${stage}`
}

/** Lines in which a metric of ours was recorded; of several values in one line the first tells that there are some. */
export function linesWith(metric: string): string {
  return `($.${metric} = *) || ($.${metric}[0] = *)`
}

const EACH_LINE = '1'

/** Lines of Lambda itself at the end of an invocation. */
const REPORT = '{ $.type = "platform.report" }'

const ofPrediction = (name: string, pattern: string): LogMetric => ({
  name,
  function: 'prediction',
  pattern: `{ ${pattern} }`,
  value: EACH_LINE,
})

/** Metrics of a stage that do not depend on its traffic. */
export const LOG_METRICS = {
  predictionAnswers: ofPrediction('prediction_answers', linesWith('prediction_latency')),
  highGrades: {
    ...ofPrediction('answers_with_high_grades', linesWith('high_grade_bets_total')),
    orNought: true,
  },
  gradeA: ofPrediction('answers_with_grade_a', `($.grade = "A") && (${linesWith('high_grade_bets_total')})`),
  highGradesLost: ofPrediction('high_grade_bets_lost', linesWith('high_grade_bets_lost')),
  predictionLogLost: ofPrediction('prediction_log_lost', linesWith('prediction_log_lost')),
  memoryUsed: {
    ...{ name: 'prediction_memory_used', function: 'prediction', pattern: REPORT },
    value: '$.record.metrics.maxMemoryUsedMB',
  },
  memorySize: {
    ...{ name: 'prediction_memory_size', function: 'prediction', pattern: REPORT },
    value: '$.record.metrics.memorySizeMB',
  },
  pipelineRuns: {
    ...{ name: 'pipeline_runs', function: 'pipeline', value: EACH_LINE },
    pattern: `{ ${linesWith('pipeline_duration')} }`,
  },
} as const satisfies Record<string, LogMetric>

/** Answers with a status of 500 or above that a version gave. Its function did not fail for Lambda, which counts none. */
export function serverErrorsOf(name: FunctionName, version: string): LogMetric {
  return {
    name: `${name}_${version}_server_errors`,
    function: name,
    pattern: `{ ($.FunctionVersion = "${version}") && (${linesWith('http_errors_total')}) }`,
    value: EACH_LINE,
    orNought: true,
  }
}

/** Has CloudWatch take a metric from the function's log, which must exist. */
export function takeFromLog(scope: Construct, stage: Stage, metric: LogMetric): void {
  const group = LogGroup.fromLogGroupName(
    scope,
    `${metric.name}-log`,
    `/aws/lambda/${functionName(stage, metric.function)}`,
  )
  new MetricFilter(scope, `${metric.name}-filter`, {
    logGroup: group,
    filterPattern: FilterPattern.literal(metric.pattern),
    metricNamespace: logMetricNamespace(stage),
    metricName: metric.name,
    metricValue: metric.value,
    ...(metric.orNought === true ? { defaultValue: 0 } : {}),
  })
}

/** The values of a metric that is taken from a log. */
export function fromLog(
  stage: Stage,
  metric: LogMetric,
  { statistic, minutes }: Statistic = { statistic: 'Sum', minutes: 5 },
): Metric {
  return new Metric({
    namespace: logMetricNamespace(stage),
    metricName: metric.name,
    statistic,
    period: Duration.minutes(minutes),
    label: metric.name,
  })
}
