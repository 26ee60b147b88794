import * as z from 'zod'
import { metricMath } from './metric-math.ts'
import type { MetricStore } from './metric-store.ts'

const dimensionsSchema = z
  .array(z.object({ Name: z.string(), Value: z.string() }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ Name, Value }) => [Name, Value])))

const metricSchema = z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensionsSchema })

const querySchema = z.object({
  Id: z.string(),
  Expression: z.string().optional(),
  MetricStat: z.object({ Metric: metricSchema, Period: z.coerce.number(), Stat: z.string() }).optional(),
  Period: z.coerce.number().optional(),
  ReturnData: z.boolean().default(true),
})

export type MetricQuery = z.infer<typeof querySchema>

/** An alarm on a metric or on an expression over several, as a template or a client describes it. */
export const alarmSchema = z.looseObject({
  AlarmName: z.string(),
  AlarmDescription: z.string().default(''),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: dimensionsSchema,
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: z.coerce.number().optional(),
  Metrics: z.array(querySchema).optional(),
  EvaluationPeriods: z.coerce.number(),
  DatapointsToAlarm: z.coerce.number().optional(),
  Threshold: z.coerce.number(),
  ComparisonOperator: z.enum([
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
  AlarmActions: z.array(z.string()).default([]),
  OKActions: z.array(z.string()).default([]),
  ActionsEnabled: z.boolean().default(true),
})

export type AlarmSpec = z.infer<typeof alarmSchema>
export type AlarmStateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

/** Whether an alarm fires at a moment, and what of the latest periods says so. */
export interface Judgement {
  state: AlarmStateValue
  reason: string
}

/**
 * Judges an alarm on the latest periods, the one that runs among them.
 *
 * It fires where `DatapointsToAlarm` of the `EvaluationPeriods` latest periods breach the threshold. Missing periods
 * count as `TreatMissingData` says; `ignore` and `missing` without any value leave the state as it was.
 *
 * @see AWS, "Evaluating an alarm", CloudWatch user guide. CloudWatch waits for the end of a period and looks further back
 *   for missing values; both only delay what is found here.
 */
export function judgeAlarm(alarm: AlarmSpec, store: MetricStore, nowMs: number, before: AlarmStateValue): Judgement {
  const periodMs = periodSeconds(alarm) * 1000
  const last = Math.floor(nowMs / periodMs) * periodMs
  const points = Array.from({ length: alarm.EvaluationPeriods }, (_, back) => {
    const fromMs = last - back * periodMs
    return alarmValue(alarm, store, { fromMs, toMs: fromMs + periodMs })
  })
  const known = points.filter((point) => point !== undefined)
  if (known.length === 0 && (alarm.TreatMissingData === 'missing' || alarm.TreatMissingData === 'ignore')) {
    const state = alarm.TreatMissingData === 'missing' ? 'INSUFFICIENT_DATA' : before
    return { state, reason: 'no value' }
  }
  const missing = alarm.TreatMissingData === 'breaching' ? points.length - known.length : 0
  const breaching = known.filter((value) => breaches(value, alarm))
  const isAlarm = breaching.length + missing >= (alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods)
  const reason = `Threshold Crossed: ${breaching.length + missing} of ${points.length} datapoints [${breaching}] against ${alarm.ComparisonOperator} ${alarm.Threshold}`
  return isAlarm ? { state: 'ALARM', reason } : { state: 'OK', reason: `${breaching.length} datapoints breach` }
}

function periodSeconds({ Period, Metrics }: AlarmSpec): number {
  const periods = [Period, ...(Metrics ?? []).map((query) => query.MetricStat?.Period ?? query.Period)]
  return periods.find((period) => period !== undefined) ?? 60
}

interface Span {
  fromMs: number
  toMs: number
}

function alarmValue(alarm: AlarmSpec, store: MetricStore, span: Span): number | undefined {
  const { Metrics: queries, Namespace: namespace, MetricName: name, Dimensions: dimensions } = alarm
  if (queries !== undefined) {
    const returned = queries.find(({ ReturnData }) => ReturnData)
    return returned === undefined ? undefined : queryValue(returned, { queries, store, span })
  }
  if (namespace === undefined || name === undefined) throw new Error(`${alarm.AlarmName} is about nothing`)
  const statistic = alarm.Statistic ?? alarm.ExtendedStatistic ?? 'Average'
  return store.statistic({ namespace, name, dimensions }, statistic, span.fromMs, span.toMs)
}

interface QueryContext {
  queries: readonly MetricQuery[]
  store: MetricStore
  span: Span
}

/** The value of a query in a span: of a metric, or of an expression over other queries. */
export function queryValue(query: MetricQuery, context: QueryContext): number | undefined {
  const { queries, store, span } = context
  const { MetricStat: stat, Expression: expression } = query
  if (stat !== undefined) {
    const { Namespace: namespace, MetricName: name, Dimensions: dimensions } = stat.Metric
    return store.statistic({ namespace, name, dimensions }, stat.Stat, span.fromMs, span.toMs)
  }
  return metricMath(expression ?? '', (id) => {
    const other = queries.find(({ Id }) => Id === id)
    if (other === undefined) throw new SyntaxError(`${expression}: there is no ${id}`)
    return queryValue(other, context)
  })
}

function breaches(value: number, { ComparisonOperator, Threshold }: AlarmSpec): boolean {
  switch (ComparisonOperator) {
    case 'GreaterThanThreshold':
      return value > Threshold
    case 'GreaterThanOrEqualToThreshold':
      return value >= Threshold
    case 'LessThanThreshold':
      return value < Threshold
    case 'LessThanOrEqualToThreshold':
      return value <= Threshold
  }
}

export const metricQueriesSchema = z.array(querySchema)
