import * as z from 'zod'
import type { ShiftedFunction, Stage } from '../config/stage.ts'
import { canaryAlarmName, SHIFTED_FUNCTIONS } from '../config/stage.ts'

/**
 * What EventBridge delivers when an alarm changes its state; members that nobody here needs are dropped.
 *
 * @see AWS, "Alarm events and EventBridge", CloudWatch user guide
 */
export const alarmEventSchema = z.object({
  'detail-type': z.literal('CloudWatch Alarm State Change'),
  detail: z.object({
    alarmName: z.string(),
    state: z.object({
      value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
      reason: z.string().default(''),
    }),
    // Alarms over metric expressions list the expression beside its metrics; composite alarms have none of them.
    configuration: z
      .object({
        metrics: z
          .array(
            z.object({
              metricStat: z
                .object({ metric: z.object({ dimensions: z.record(z.string(), z.string()).default({}) }) })
                .optional(),
            }),
          )
          .default([]),
      })
      .optional(),
  }),
})

export type AlarmEvent = z.infer<typeof alarmEventSchema>

/** What the alarm of a canary is about. */
export interface CanaryAlarm {
  name: string
  function: ShiftedFunction
  isFiring: boolean
  reason: string
  /** The versions that its metrics are of; the alarm of one canary is about one. */
  watched: readonly string[]
}

const SUBJECTS = ['errors', 'latency'] as const

/** Names of the alarms on the canary of a function. */
export function canaryAlarmNames(stage: Stage, name: ShiftedFunction): string[] {
  return SUBJECTS.map((about) => canaryAlarmName(stage, name, about))
}

/** The canary alarm of a stage that an event tells of; undefined where it is another alarm. */
export function canaryAlarmOf({ detail }: AlarmEvent, stage: Stage): CanaryAlarm | undefined {
  const { alarmName: name, state, configuration } = detail
  const watcher = SHIFTED_FUNCTIONS.find((fn) => canaryAlarmNames(stage, fn).includes(name))
  if (watcher === undefined) return undefined
  const dimensions = (configuration?.metrics ?? []).map(({ metricStat }) => metricStat?.metric.dimensions)
  const versions = dimensions.map((named) => named?.ExecutedVersion).filter((version) => version !== undefined)
  const reason = state.reason === '' ? `${name} is in alarm` : state.reason
  return { name, function: watcher, isFiring: state.value === 'ALARM', reason, watched: [...new Set(versions)] }
}
