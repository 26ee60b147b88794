import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch'
import type { ShiftedFunction } from '../../shared/config/stage.ts'
import { SHIFTED_FUNCTIONS } from '../../shared/config/stage.ts'
import type { StageConfig } from '../stages.ts'
import { fromLog, LOG_METRICS } from './log-metrics.ts'
import { formula, ofApi, ofFunction, sumOf } from './metrics.ts'
import type { AlarmSpec } from './raise-alarm.ts'

const ABOVE = ComparisonOperator.GREATER_THAN_THRESHOLD
const AT_LEAST = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD

/** Share of what is allowed at which somebody should know, per cent. */
const NEAR_PCT = 80

/** Executions at once that a new account has in all: what a function may have where none are reserved for it. */
const LEAST_CONCURRENCY = 10

/** Alarms on how the API answers, as API Gateway sees it. */
export function apiAlarms({ throttle }: StageConfig, apiId: string): AlarmSpec[] {
  const errorShare = (minutes: number) => {
    const sum = { statistic: 'Sum', minutes }
    const metrics = { errors: ofApi(apiId, '5xx', sum), requests: ofApi(apiId, 'Count', sum) }
    return formula('100 * errors / requests', metrics, { minutes, label: 'answers of 500 and above, %' })
  }
  const aMinute = 60 * throttle.rate
  return [
    {
      ...{ name: 'api-down', severity: 'critical', metric: errorShare(1), comparison: AT_LEAST, threshold: 50 },
      ...{ periods: 2, missing: 'fine' },
      meaning: 'At least half of all requests fail, for two minutes.',
    },
    {
      ...{ name: 'api-errors', severity: 'warning', metric: errorShare(5), comparison: ABOVE, threshold: 5 },
      ...{ periods: 1, missing: 'fine' },
      meaning: 'More than 5 % of the requests of five minutes failed.',
    },
    {
      ...{ name: 'api-near-throttle', severity: 'warning', comparison: ABOVE, periods: 5, missing: 'fine' },
      metric: ofApi(apiId, 'Count', { statistic: 'Sum', minutes: 1 }),
      threshold: (aMinute * NEAR_PCT) / 100,
      meaning: `More than ${NEAR_PCT} % of the ${throttle.rate} requests a second that the API takes, for five minutes.`,
    },
  ]
}

/** Alarms on the functions that answer requests. */
export function servingAlarms(stage: StageConfig): AlarmSpec[] {
  const { name } = stage
  const slow = (statistic: string, minutes: number) =>
    ofFunction(name, 'prediction', 'Duration', { statistic, minutes })
  const answering = ['prediction', 'scoring', 'authorizer'] as const
  return [
    {
      ...{ name: 'prediction-slow', severity: 'warning', metric: slow('p95', 5), comparison: ABOVE, threshold: 500 },
      ...{ periods: 1, missing: 'fine' },
      meaning: 'The 95th percentile of the prediction function is above 500 ms for five minutes.',
    },
    {
      ...{ name: 'prediction-very-slow', severity: 'critical', metric: slow('p99', 1), comparison: ABOVE },
      ...{ threshold: 1000, periods: 2, missing: 'fine' },
      meaning: 'The 99th percentile of the prediction function is above 1 s for two minutes.',
    },
    {
      ...{
        name: 'prediction-memory',
        severity: 'warning',
        metric: memoryShare(stage),
        comparison: ABOVE,
        threshold: 85,
      },
      ...{ periods: 1, missing: 'fine' },
      meaning: 'The prediction function used more than 85 % of its memory.',
    },
    ...SHIFTED_FUNCTIONS.map((fn) => concurrencyAlarm(stage, fn)),
    {
      ...{ name: 'throttles', severity: 'critical', comparison: ABOVE, threshold: 0, periods: 1, missing: 'fine' },
      metric: sumOf(
        answering.map((fn) => ofFunction(name, fn, 'Throttles')),
        'requests without an execution',
      ),
      meaning: 'Requests were refused because no execution was free for them.',
    },
    {
      ...{
        name: 'authorizer-errors',
        severity: 'critical',
        comparison: ABOVE,
        threshold: 0,
        periods: 1,
        missing: 'fine',
      },
      metric: ofFunction(name, 'authorizer', 'Errors'),
      meaning: 'The function that looks at API keys failed: whoever asked then was answered with an error.',
    },
  ]
}

/** Maximum of memory used over the memory that the function has, in per cent. */
function memoryShare({ name }: StageConfig) {
  const maximum = { statistic: 'Maximum', minutes: 5 }
  const metrics = {
    used: fromLog(name, LOG_METRICS.memoryUsed, maximum),
    size: fromLog(name, LOG_METRICS.memorySize, maximum),
  }
  return formula('100 * used / size', metrics, { label: 'memory used, %' })
}

function concurrencyAlarm({ name, reservedConcurrency }: StageConfig, fn: ShiftedFunction): AlarmSpec {
  const allowed = reservedConcurrency[fn] ?? LEAST_CONCURRENCY
  return {
    ...{ name: `${fn}-concurrency`, severity: 'warning', comparison: ABOVE, periods: 5, missing: 'fine' },
    metric: ofFunction(name, fn, 'ConcurrentExecutions', { statistic: 'Maximum', minutes: 1 }),
    threshold: (allowed * NEAR_PCT) / 100,
    meaning: `${fn} has more than ${NEAR_PCT} % of its ${allowed} executions under way, for five minutes.`,
  }
}
