import type { DomainEvent } from '../config/events.ts'
import type { ShiftedFunction, Stage } from '../config/stage.ts'
import type { Traffic } from '../config/traffic.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Clock } from '../kernel/ports.ts'
import type { EventPublisher } from './event-ports.ts'

type TrafficShifted = Extract<DomainEvent, { type: 'TrafficShifted' }>

/** A move as the bus tells it. */
export function trafficShifted(
  atMs: number,
  shift: { stage: Stage; function: ShiftedFunction; move: TrafficShifted['move']; target: Traffic },
): TrafficShifted {
  const { stage, move, target } = shift
  const { stable, canary, weight } = target
  const at = new Date(atMs).toISOString()
  return { type: 'TrafficShifted', at, stage, function: shift.function, move, stable, canary, weight }
}

/**
 * Tells the bus of a move. The traffic has moved by then, so a failure undoes nothing and is told instead.
 *
 * @returns why nobody was told; empty where they were
 */
export async function publishShift(
  { events, clock }: { events: EventPublisher; clock: Clock },
  shift: Parameters<typeof trafficShifted>[1],
): Promise<string[]> {
  try {
    await events.publish([trafficShifted(clock(), shift)])
    return []
  } catch (thrown) {
    return [`the traffic has moved, but the event bus did not take the news: ${messageOf(thrown)}`]
  }
}
