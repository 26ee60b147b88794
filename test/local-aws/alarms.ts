import type { AlarmSpec, AlarmStateValue } from './alarm.ts'
import { judgeAlarm } from './alarm.ts'
import { ACCOUNT, arnOf, REGION } from './arn.ts'
import type { MetricName, MetricStore } from './metric-store.ts'
import { ServiceRefusal } from './wire.ts'

export interface HeldAlarm {
  spec: AlarmSpec
  state: AlarmStateValue
  reason: string
  changedAtMs: number
}

/** A change of an alarm's state, as the default bus is told of it. */
export interface AlarmStateChange {
  source: 'aws.cloudwatch'
  'detail-type': 'CloudWatch Alarm State Change'
  resources: string[]
  detail: unknown
}

/** The alarms of the account. */
export interface Alarms {
  /** Makes or replaces one; a new one knows nothing yet. */
  put(spec: AlarmSpec): void
  remove(name: string): void
  all(): HeldAlarm[]
  /** Judges all of them now and tells of each that changed its state. */
  evaluate(): void
  /** Sets a state by hand until the next evaluation. @throws {ServiceRefusal} `ResourceNotFound` */
  setState(name: string, state: AlarmStateValue, reason: string): void
}

export interface AlarmsSetting {
  store: MetricStore
  clock: () => number
  onChange: (change: AlarmStateChange) => void
  /** Told of the ARN of each action that a change asks for. */
  onAction: (action: string, change: AlarmStateChange) => void
}

export function createAlarms({ store, clock, onChange, onAction }: AlarmsSetting): Alarms {
  const alarms = new Map<string, HeldAlarm>()

  function move(held: HeldAlarm, state: AlarmStateValue, reason: string): void {
    const previous = { ...held }
    if (state === held.state) return
    Object.assign(held, { state, reason, changedAtMs: clock() })
    const change = changeOf(held, previous)
    onChange(change)
    if (!held.spec.ActionsEnabled) return
    const actions = state === 'ALARM' ? held.spec.AlarmActions : state === 'OK' ? held.spec.OKActions : []
    for (const action of actions) onAction(action, change)
  }

  return {
    put(spec) {
      const held = alarms.get(spec.AlarmName)
      if (held !== undefined && JSON.stringify(held.spec) === JSON.stringify(spec)) return
      alarms.set(spec.AlarmName, { spec, state: 'INSUFFICIENT_DATA', reason: 'Unchecked', changedAtMs: clock() })
    },
    remove: (name) => void alarms.delete(name),
    all: () => [...alarms.values()],
    evaluate() {
      for (const held of alarms.values()) {
        const { state, reason } = judgeAlarm(held.spec, store, clock(), held.state)
        move(held, state, reason)
      }
    },
    setState(name, state, reason) {
      const held = alarms.get(name)
      if (held === undefined) throw new ServiceRefusal('ResourceNotFound', `Unknown alarm ${name}`, 404)
      move(held, state, reason)
    },
  }
}

export function alarmArn(name: string): string {
  return arnOf('cloudwatch', `alarm:${name}`)
}

/** @see AWS, "Alarm events and EventBridge", CloudWatch user guide */
function changeOf(after: HeldAlarm, before: HeldAlarm): AlarmStateChange {
  const { spec } = after
  const stateOf = ({ state, reason, changedAtMs }: HeldAlarm) => ({
    value: state,
    reason,
    timestamp: new Date(changedAtMs).toISOString().replace('Z', '+0000'),
  })
  return {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: [alarmArn(spec.AlarmName)],
    detail: {
      alarmName: spec.AlarmName,
      state: stateOf(after),
      previousState: stateOf(before),
      configuration: { description: spec.AlarmDescription, metrics: watchedMetrics(spec) },
    },
  }
}

/** The metrics of an alarm, and its expressions beside them. */
function watchedMetrics(spec: AlarmSpec): unknown[] {
  const told = (metric: MetricName, period: number, stat: string) => ({ metricStat: { metric, period, stat } })
  const { Namespace: namespace, MetricName: name, Dimensions: dimensions, Metrics: queries } = spec
  if (queries === undefined) {
    if (namespace === undefined || name === undefined) return []
    return [
      { id: 'm', ...told({ namespace, name, dimensions }, spec.Period ?? 60, spec.Statistic ?? ''), returnData: true },
    ]
  }
  return queries.map(({ Id: id, Expression: expression, MetricStat: stat, ReturnData: returnData }) => {
    if (stat === undefined) return { id, expression, returnData }
    const { Namespace, MetricName: metricName, Dimensions } = stat.Metric
    const metric = { namespace: Namespace, name: metricName, dimensions: Dimensions }
    return { id, ...told(metric, stat.Period, stat.Stat), returnData }
  })
}

/** What CloudWatch sends to an SNS topic of an alarm's action. */
export function alarmMessage({ detail }: AlarmStateChange): string {
  return JSON.stringify({ AWSAccountId: ACCOUNT, Region: REGION, detail })
}
