import * as z from 'zod'
import { instant, name } from './event-fields.ts'

/** What happens to traffic between versions of a function. */

const version = z.string().regex(/^[1-9][0-9]*$/)

const trafficShiftedSchema = z.object({
  type: z.literal('TrafficShifted'),
  at: instant,
  stage: name,
  function: name,
  move: z.enum(['deploy', 'canary', 'promote', 'rollback', 'guard']),
  stable: version,
  canary: version.nullable(),
  /** Share of the requests that the canary answers, in [0, 0.5]. */
  weight: z.number().min(0).max(0.5),
})

const canaryUnhealthySchema = z.object({
  type: z.literal('CanaryUnhealthy'),
  at: instant,
  stage: name,
  function: name,
  stable: version,
  canary: version,
  /** Share that it had before. */
  weight: z.number().min(0).max(0.5),
  /** The alarm that fired. */
  alarm: name,
  reason: z.string(),
})

export const TRAFFIC_EVENTS = [trafficShiftedSchema, canaryUnhealthySchema] as const
