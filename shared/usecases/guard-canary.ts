import type { DomainEvent } from '../config/events.ts'
import type { Stage } from '../config/stage.ts'
import { functionName } from '../config/stage.ts'
import { LARGEST_WEIGHT } from '../config/traffic.ts'
import { DomainError, messageOf } from '../kernel/errors.ts'
import type { Clock, Logger } from '../kernel/ports.ts'
import type { AlarmEvent, CanaryAlarm } from '../traffic/alarm-event.ts'
import { canaryAlarmOf } from '../traffic/alarm-event.ts'
import { withoutCanary } from '../traffic/moves.ts'
import type { EventPublisher } from './event-ports.ts'
import type { LiveAlias, LiveAliases } from './traffic-ports.ts'
import { trafficShifted } from './traffic-telling.ts'

export interface GuardDeps {
  aliases: LiveAliases
  events: EventPublisher
  logger: Logger
  clock: Clock
}

/** What the guard did about an event, and why. */
export type GuardOutcome =
  | { outcome: 'ignored'; reason: string }
  | { outcome: 'taken_away'; function: string; stable: string; canary: string; weight: number; announced: boolean }

/**
 * Takes the traffic of a canary away when an alarm that watches it goes off.
 *
 * Events come at least once and in any order, and an alias does not tell since when it is as it is. So the event is held
 * against the alias as it stands: where there is no canary any more nothing is done, and where the alarm watches other
 * versions than the present canary, alone or beside the present stable one, it is an old one. An alarm that names no version takes any canary away: stopping a
 * sound canary costs a command, leaving a broken one costs requests.
 *
 * `traffic.json` is out of the guard's reach; `closeline status` then tells of a drift, which `closeline rollback` settles.
 *
 * @throws {UpstreamError} where the alias cannot be read or moved; the event then comes again
 */
export async function guardCanary(deps: GuardDeps, stage: Stage, event: AlarmEvent): Promise<GuardOutcome> {
  const alarm = canaryAlarmOf(event, stage)
  if (alarm === undefined) return ignored(`${event.detail.alarmName} watches no canary of ${stage}`)
  if (!alarm.isFiring) return ignored(`${alarm.name} is ${event.detail.state.value}`)
  for (let tries = 1; ; tries++) {
    const live = await deps.aliases.get(functionName(stage, alarm.function))
    const reason = reasonToIgnore(alarm, live)
    if (reason !== undefined || live === undefined || live.canary === null) return ignored(reason ?? 'no canary')
    try {
      return await takeAway(deps, { stage, alarm, live, canary: live.canary })
    } catch (thrown) {
      // Somebody moved the alias in this moment: what it is now decides anew.
      if (!(thrown instanceof DomainError && thrown.code === 'traffic_moved') || tries === MOST_TRIES) throw thrown
    }
  }
}

const MOST_TRIES = 3

function ignored(reason: string): GuardOutcome {
  return { outcome: 'ignored', reason }
}

function reasonToIgnore({ name, watched }: CanaryAlarm, live: LiveAlias | undefined): string | undefined {
  if (live === undefined) return 'the function has no live alias'
  if (live.canary === null) return `no canary has traffic, all of it goes to version ${live.stable}`
  const isOfThisSplit = watched.includes(live.canary) && watched.every((v) => v === live.canary || v === live.stable)
  if (watched.length === 0 || isOfThisSplit) return undefined
  return `${name} is about version ${watched.join(' and ')}, and version ${live.canary} is canary beside ${live.stable}`
}

interface Unhealthy {
  stage: Stage
  alarm: CanaryAlarm
  live: LiveAlias
  canary: string
}

async function takeAway(deps: GuardDeps, { stage, alarm, live, canary }: Unhealthy): Promise<GuardOutcome> {
  const { stable, weight } = live
  const target = withoutCanary({ ...live, previous: null })
  await deps.aliases.shift(functionName(stage, alarm.function), target, live.revisionId)
  deps.logger.warn('canary_taken_away', { function: alarm.function, stable, canary, weight, alarm: alarm.name })
  const atMs = deps.clock()
  const unhealthy: DomainEvent = {
    type: 'CanaryUnhealthy',
    at: new Date(atMs).toISOString(),
    stage,
    function: alarm.function,
    stable,
    canary,
    // An alias set by hand may have more than the event can tell.
    weight: Math.min(weight, LARGEST_WEIGHT),
    alarm: alarm.name,
    reason: alarm.reason,
  }
  const shifted = trafficShifted(atMs, { stage, function: alarm.function, move: 'guard', target })
  const announced = await announce(deps, [unhealthy, shifted])
  return { outcome: 'taken_away', function: alarm.function, stable, canary, weight, announced }
}

/** A repeat of the event would find no canary and announce nothing, so a failure is told here; the alarm has its own way to people. */
async function announce({ events, logger }: GuardDeps, news: DomainEvent[]): Promise<boolean> {
  try {
    await events.publish(news)
    return true
  } catch (thrown) {
    logger.error('guard_news_failed', { cause: messageOf(thrown), types: news.map(({ type }) => type) })
    return false
  }
}
