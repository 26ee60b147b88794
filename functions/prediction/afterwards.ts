import type { InvocationMetrics } from '../../shared/adapters/emf-invocation.ts'
import type { Clock, Logger, Sleep } from '../../shared/kernel/ports.ts'
import { overdueFlush } from '../../shared/usecases/overdue-flush.ts'
import type { BufferedPredictionLog } from '../../shared/usecases/prediction-log.ts'
import type { WatchedStore } from '../../shared/usecases/watched-store.ts'

/** How long the prediction log may wait in memory: a write a minute and environment costs a tenth of one every 5 s. */
export const LOG_AGE_MS = 60_000

/** Of the half second that Lambda leaves a process when it ends it. */
const END_MS = 400

export interface AfterwardsDeps {
  log: Pick<BufferedPredictionLog, 'flush' | 'stats'>
  /** Publishes what was told lately; undefined where there is nothing. */
  publish: () => Promise<void> | undefined
  /** Writes and publishes all. */
  flush: () => Promise<unknown>
  store: Pick<WatchedStore, 'isBusy' | 'idle'>
  metrics: InvocationMetrics
  clock: Clock
  sleep: Sleep
  logger: Logger
}

/** What the function does when it has answered, and when it is ended. */
export function createAfterwards({ log, publish, flush, store, metrics, ...deps }: AfterwardsDeps) {
  const writeOverdue = overdueFlush(log, deps.clock, LOG_AGE_MS)
  return {
    /** Leaves nothing half done to a process that is about to be frozen; undefined where all is done. */
    tidy(): Promise<unknown> | undefined {
      metrics.flush()
      const writing = writeOverdue()
      const publishing = publish()
      if (writing === undefined && publishing === undefined && !store.isBusy()) return undefined
      return Promise.all([writing, publishing, store.idle()]).finally(metrics.flush)
    },
    /** Writes what it can; what it cannot is counted as lost. */
    async end(): Promise<void> {
      await Promise.race([flush(), deps.sleep(END_MS)])
      const { waiting, writing } = log.stats()
      const lost = waiting + writing
      if (lost > 0) {
        deps.logger.error('prediction_log_cut_off', { lost })
        metrics.record('prediction_log_lost', lost, 'Count')
      }
      metrics.flush()
    },
  }
}
