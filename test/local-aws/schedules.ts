import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { Invoked } from './lambda-invocations.ts'

export const scheduleSchema = z.looseObject({
  Name: z.string().optional(),
  ScheduleExpression: z.string(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Target: z.looseObject({ Arn: z.string(), Input: z.string().default('{}') }),
})

export type Schedule = z.infer<typeof scheduleSchema>

/** Schedules of EventBridge Scheduler; none fires by itself here. */
export interface Schedules {
  put(name: string, schedule: Schedule): void
  names(): string[]
  /** Fires one as if its time had come: its target gets exactly the input of the template. @throws {Error} where there is none, or it is off */
  fire(name: string): Promise<Invoked>
}

export function createSchedules(invokeEvent: (target: string, payload: string) => Promise<Invoked>): Schedules {
  const schedules = new Map<string, Schedule>()
  return {
    put: (name, schedule) => void schedules.set(name, schedule),
    names: () => [...schedules.keys()],
    async fire(name) {
      const schedule = schedules.get(name)
      if (schedule === undefined) throw new Error(`there is no schedule ${name}: ${[...schedules.keys()].join(', ')}`)
      if (schedule.State !== 'ENABLED') throw new Error(`the schedule ${name} is off`)
      return invokeEvent(schedule.Target.Arn, withContext(schedule.Target.Input))
    },
  }
}

/** @see AWS, "Adding context attributes in EventBridge Scheduler" */
function withContext(input: string): string {
  return input
    .replaceAll('<aws.scheduler.scheduled-time>', new Date().toISOString().replace(/\.\d+Z$/, 'Z'))
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1')
}
