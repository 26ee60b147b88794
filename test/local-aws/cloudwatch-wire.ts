import * as z from 'zod'
import type { MetricQuery } from './alarm.ts'
import { metricQueriesSchema, queryValue } from './alarm.ts'
import type { Alarms, HeldAlarm } from './alarms.ts'
import { alarmArn } from './alarms.ts'
import type { Operations } from './json-protocol.ts'
import type { MetricName, MetricStore } from './metric-store.ts'

const describeInput = z.object({
  AlarmNames: z.array(z.string()).optional(),
  AlarmNamePrefix: z.string().optional(),
  StateValue: z.string().optional(),
})

const setInput = z.object({
  AlarmName: z.string(),
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  StateReason: z.string(),
})

const dataInput = z.object({ MetricDataQueries: z.unknown(), StartTime: z.number(), EndTime: z.number() })

/**
 * CloudWatch's metrics and alarms over the AWS JSON protocol, as version 3.1162 of its client speaks it. Of `SEARCH` it
 * knows the form `SEARCH('{Namespace,Dimension,…} MetricName="name"', 'Statistic', seconds)`.
 */
export function cloudwatchOperations(store: MetricStore, alarms: Alarms): Operations {
  return {
    DescribeAlarms(input) {
      const { AlarmNames: names, AlarmNamePrefix: prefix = '', StateValue: state } = describeInput.parse(input)
      const isMeant = ({ spec: { AlarmName: name }, state: held }: HeldAlarm) =>
        (names === undefined || names.includes(name)) &&
        name.startsWith(prefix) &&
        (state === undefined || state === held)
      return { MetricAlarms: alarms.all().filter(isMeant).map(alarmBody), CompositeAlarms: [] }
    },
    SetAlarmState(input) {
      const { AlarmName: name, StateValue: state, StateReason: reason } = setInput.parse(input)
      alarms.setState(name, state, reason)
      return {}
    },
    GetMetricData(input) {
      const { MetricDataQueries, StartTime: from, EndTime: to } = dataInput.parse(input)
      const queries = metricQueriesSchema.parse(MetricDataQueries)
      const span = { fromMs: from * 1000, toMs: to * 1000 }
      const results = queries.filter(({ ReturnData }) => ReturnData)
      return { MetricDataResults: results.flatMap((query) => resultsOf(query, queries, { store, span })), Messages: [] }
    },
  }
}

function alarmBody({ spec, state, reason, changedAtMs }: HeldAlarm) {
  const { Dimensions: dimensions, Metrics: _, ...rest } = spec
  return {
    ...rest,
    AlarmArn: alarmArn(spec.AlarmName),
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: changedAtMs / 1000,
  }
}

interface Context {
  store: MetricStore
  span: { fromMs: number; toMs: number }
}

function resultsOf(query: MetricQuery, queries: readonly MetricQuery[], { store, span }: Context) {
  const found = searched(query.Expression ?? '', store)
  if (found === undefined) {
    const value = periodValues(span, periodOf(query), (part) => queryValue(query, { queries, store, span: part }))
    return [{ Id: query.Id, Label: query.Id, ...value, StatusCode: 'Complete' }]
  }
  const { metrics, statistic, period } = found
  return metrics.map((metric) => {
    const label = [...Object.values(metric.dimensions), metric.name].join(' ')
    const values = periodValues(span, period, ({ fromMs, toMs }) => store.statistic(metric, statistic, fromMs, toMs))
    return { Id: query.Id, Label: label, ...values, StatusCode: 'Complete' }
  })
}

function periodOf({ MetricStat: stat, Period: period }: MetricQuery): number {
  return stat?.Period ?? period ?? 60
}

/** Values of the periods of a span, the latest first, as CloudWatch orders them. */
function periodValues(
  { fromMs, toMs }: Context['span'],
  seconds: number,
  periodValue: (span: Context['span']) => number | undefined,
) {
  const out = { Timestamps: [] as number[], Values: [] as number[] }
  const first = Math.floor(fromMs / 1000 / seconds) * seconds * 1000
  for (let begin = first; begin < toMs; begin += seconds * 1000) {
    const value = periodValue({ fromMs: begin, toMs: begin + seconds * 1000 })
    if (value === undefined) continue
    out.Timestamps.unshift(begin / 1000)
    out.Values.unshift(value)
  }
  return out
}

interface Search {
  metrics: MetricName[]
  statistic: string
  period: number
}

function searched(expression: string, store: MetricStore): Search | undefined {
  const parts = /SEARCH\('\{([^}]*)\}([^']*)',\s*'([^']*)',\s*(\d+)\)/.exec(expression)
  if (parts === null) return undefined
  const [, scope = '', filter = '', statistic = '', period = ''] = parts
  const [namespace, ...names] = scope.split(',').map((part) => part.trim().replaceAll('"', ''))
  const wanted = [...filter.matchAll(/MetricName=\\?"([^"\\]+)/g)].map(([, name]) => name)
  const isMeant = (metric: MetricName) =>
    metric.namespace === namespace &&
    Object.keys(metric.dimensions).length === names.length &&
    names.every((name) => name in metric.dimensions) &&
    (wanted.length === 0 || wanted.includes(metric.name))
  return { metrics: store.names().filter(isMeant), statistic, period: Number(period) }
}
