import { Duration } from 'aws-cdk-lib'
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { FunctionName, Stage } from '../../shared/config/stage.ts'
import { functionName, LIVE_ALIAS } from '../../shared/config/stage.ts'

/** Metrics that AWS keeps by itself, each told from those of another stage by the names in its dimensions. */

export interface Statistic {
  /** `Sum`, `p95`, `Maximum` … */
  statistic: string
  minutes: number
}

const FIVE_MINUTES_SUM: Statistic = { statistic: 'Sum', minutes: 5 }

/** A metric of a function, over all its versions. */
export function ofFunction(
  stage: Stage,
  name: FunctionName,
  metricName: string,
  { statistic, minutes }: Statistic = FIVE_MINUTES_SUM,
): Metric {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: functionName(stage, name) },
    statistic,
    period: Duration.minutes(minutes),
    label: name,
  })
}

/**
 * A metric of one version of a function, as far as it was called by the alias that callers use.
 *
 * @see AWS, "Types of metrics for Lambda functions": `ExecutedVersion` tells versions behind an alias apart
 */
export function ofVersion(
  stage: Stage,
  name: FunctionName,
  version: string,
  metricName: string,
  { statistic, minutes }: Statistic = FIVE_MINUTES_SUM,
): Metric {
  const FunctionName = functionName(stage, name)
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName, Resource: `${FunctionName}:${LIVE_ALIAS}`, ExecutedVersion: version },
    statistic,
    period: Duration.minutes(minutes),
    label: `${name} ${version}`,
  })
}

/** A metric of the stage's HTTP API. */
export function ofApi(apiId: string, metricName: string, { statistic, minutes }: Statistic = FIVE_MINUTES_SUM): Metric {
  return new Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiId: apiId, Stage: '$default' },
    statistic,
    period: Duration.minutes(minutes),
    label: metricName,
  })
}

/** A metric of the stage's schedules, which are in one group. */
export function ofSchedules(stage: Stage, metricName: string): Metric {
  return new Metric({
    namespace: 'AWS/Scheduler',
    metricName,
    dimensionsMap: { ScheduleGroup: `closeline-${stage}` },
    statistic: 'Sum',
    period: Duration.minutes(5),
    label: metricName,
  })
}

/** A formula over metrics, which it names by short names in small letters. */
export function formula(
  expression: string,
  usingMetrics: Record<string, IMetric>,
  { minutes = 5, label = '' }: { minutes?: number; label?: string } = {},
): MathExpression {
  return new MathExpression({ expression, usingMetrics, period: Duration.minutes(minutes), label })
}

/** The sum of metrics, of which those that have no value count as nought. */
export function sumOf(metrics: readonly IMetric[], label: string, minutes = 5): MathExpression {
  const named = metrics.map((metric, i) => [`m${i}`, metric] as const)
  const expression = named.map(([id]) => `FILL(${id}, 0)`).join(' + ')
  return formula(expression, Object.fromEntries(named), { minutes, label })
}
