import type { HighGradeBet } from '../config/events.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Clock, Logger, Metrics, Sleep } from '../kernel/ports.ts'
import type { EventPublisher } from './event-ports.ts'

/** Told of bets with a high grade; what it does about them holds nobody up. */
export interface HighGradeBets {
  /** @param bet  made only where the bet has not been told of lately */
  tell(key: string, bet: () => HighGradeBet): void
}

/** Announcements by event. */
export interface HighGradePublisher extends HighGradeBets {
  /** Publishes what waits; for the end of the process. Never throws. */
  flush(): Promise<void>
  /** Bets that were to be announced and were not. */
  lost(): number
}

export interface HighGradeDeps {
  publisher: EventPublisher
  clock: Clock
  sleep: Sleep
  logger: Logger
  metrics: Metrics
}

/** The same bet is not announced again within this time: a page that is open asks about it again and again. */
const QUIET_MS = 10 * 60_000

/** Bets are gathered this long, so that one call publishes many. */
const GATHERED_MS = 250

/** Bets that may wait to be published, and that are remembered; beyond the latter the oldest is forgotten. */
const MOST_WAITING = 200
const MOST_REMEMBERED = 2000

/**
 * Publishes `HighGradeBet` for each bet of high grade, once in ten minutes for each key, in batches and in the background.
 *
 * What cannot be published is counted (metric `high_grade_bets_lost`), logged and forgotten: the next time that the bet is
 * asked about it is announced.
 */
export function createHighGradePublisher(deps: HighGradeDeps): HighGradePublisher {
  const { clock } = deps
  const toldAtMs = new Map<string, number>()
  const waiting = new Map<string, HighGradeBet>()
  let running: Promise<void> | undefined
  let isTimed = false
  let lost = 0

  function lose(keys: Iterable<string>, cause: string): void {
    const forgotten = [...keys]
    for (const key of forgotten) toldAtMs.delete(key)
    lost += forgotten.length
    deps.metrics.record('high_grade_bets_lost', forgotten.length, 'Count')
    deps.logger.warn('high_grade_bets_not_published', { bets: forgotten.length, cause })
  }

  async function publishAll(): Promise<void> {
    while (waiting.size > 0) {
      const batch = new Map(waiting)
      waiting.clear()
      try {
        await deps.publisher.publish([...batch.values()])
      } catch (thrown) {
        lose(batch.keys(), messageOf(thrown))
      }
    }
  }

  function publish(): Promise<void> {
    running ??= publishAll().finally(() => {
      running = undefined
      if (waiting.size > 0) publishSoon()
    })
    return running
  }

  function publishSoon(): void {
    if (isTimed) return
    isTimed = true
    void deps.sleep(GATHERED_MS).then(() => {
      isTimed = false
      return publish()
    })
  }

  return {
    tell(key, bet) {
      const nowMs = clock()
      if (nowMs - (toldAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return
      if (waiting.size >= MOST_WAITING) return lose([key], 'too many wait already')
      remember(toldAtMs, key, nowMs)
      waiting.set(key, bet())
      publishSoon()
    },
    flush: publish,
    lost: () => lost,
  }
}

/** Keys stand in the order in which they were told, so that the first is the oldest. */
function remember(toldAtMs: Map<string, number>, key: string, nowMs: number): void {
  toldAtMs.delete(key)
  toldAtMs.set(key, nowMs)
  for (const [oldest, atMs] of toldAtMs) {
    if (toldAtMs.size <= MOST_REMEMBERED && nowMs - atMs < QUIET_MS) return
    toldAtMs.delete(oldest)
  }
}
