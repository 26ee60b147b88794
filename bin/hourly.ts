import { messageOf } from '../shared/kernel/errors.ts'
import { silentProgress } from '../shared/kernel/ports.ts'
import type { Thresholds } from '../shared/quality/thresholds.ts'
import { updateLake } from '../shared/usecases/update-lake.ts'
import type { DailyCheck } from './daily.ts'
import type { Workspace } from './workspace/workspace.ts'

const HOUR_MS = 3_600_000

/** Work that is done again and again until it is stopped. */
export interface Repeated {
  /** Starts no more, and waits for what is under way. */
  stop(): Promise<void>
}

/**
 * Runs the pipeline every hour, as the schedule does on AWS, so that features do not grow stale while the product runs, and
 * after it what is due daily: one after the other, since both read and write the lake.
 *
 * A run that fails is logged, and the next one tries again.
 */
export function updateHourly(
  workspace: Workspace,
  thresholds: Thresholds,
  { everyMs = HOUR_MS, daily }: { everyMs?: number; daily?: DailyCheck } = {},
): Repeated {
  const command = { trigger: 'schedule', mode: 'incremental' as const, sport: null, thresholds }
  let running: Promise<void> | undefined
  const update = () => {
    running ??= updateLake({ ...workspace, progress: silentProgress }, command)
      .then(
        () => {},
        (thrown: unknown) => workspace.logger.error('hourly_run_failed', { cause: messageOf(thrown) }),
      )
      .then(() => daily?.runWhereDue())
      .finally(() => {
        running = undefined
      })
  }
  const timer = setInterval(update, everyMs)
  return {
    async stop() {
      clearInterval(timer)
      daily?.stop()
      await running
    },
  }
}
