import { messageOf } from '../kernel/errors.ts'
import type { Clock, Logger, Metrics, ObjectStore, Sleep } from '../kernel/ports.ts'
import type { LoggedPrediction } from '../performance/served-prediction.ts'
import type { PredictionBatch } from './prediction-batches.ts'
import { createPredictionBatches } from './prediction-batches.ts'

/** Keeps what was predicted, for the day when the results are known. */
export interface PredictionLog {
  /** Takes entries over; returns at once, and never throws. */
  append(entries: readonly LoggedPrediction[]): void
}

/** A log in an object store. */
export interface BufferedPredictionLog extends PredictionLog {
  /** Writes what waits until nothing does or a write fails; for the end of the process. Never throws. */
  flush(): Promise<void>
  stats(): PredictionLogStats
}

/** Entries by what became of them; all four together were appended. */
export interface PredictionLogStats {
  waiting: number
  writing: number
  written: number
  lost: number
}

export interface PredictionLogDeps {
  objects: Pick<ObjectStore, 'put'>
  clock: Clock
  sleep: Sleep
  /** Makes ids of predictions and batches. */
  newId: () => string
  logger: Logger
  metrics: Metrics
  /** Version of the deployed function; null on one machine. */
  functionVersion: string | null
}

export interface PredictionLogLimits {
  /** Entries that may wait, those being written included; what comes on top is lost. */
  maxBuffered: number
  /** Most entries in one object. */
  batchSize: number
  /** Milliseconds after which even a small batch is written. */
  maxAgeMs: number
}

const LIMITS: PredictionLogLimits = { maxBuffered: 20_000, batchSize: 1000, maxAgeMs: 5000 }

/** Loss is told once in this time. */
const TOLD_EVERY_MS = 60_000

/**
 * A {@link PredictionLog} that writes batches, one after the other, as objects of NDJSON. While the store is down, entries
 * wait and the write is tried again after each `maxAgeMs`, under the same key, so that it leaves one object; what does not
 * fit is lost, counted by the metric `prediction_log_lost`, and told in the log once a minute.
 */
export function createPredictionLog(
  deps: PredictionLogDeps,
  limits: Partial<PredictionLogLimits> = {},
): BufferedPredictionLog {
  const { maxBuffered, batchSize, maxAgeMs } = { ...LIMITS, ...limits }
  const batches = createPredictionBatches({ ...deps, batchSize })
  let batch: PredictionBatch | undefined
  let running: Promise<void> | undefined
  let isThorough = false
  let isTimed = false
  let written = 0
  const loss = createLossAccount(deps)
  const buffered = () => batches.waiting() + (batch?.lines ?? 0)

  /** Writes the batch at hand, or the next one. @returns whether there was one and it is written */
  async function writeOne(): Promise<boolean> {
    batch ??= batches.next()
    if (batch === undefined) return false
    try {
      await deps.objects.put(batch.key, batch.text.bytes())
    } catch (thrown) {
      deps.logger.warn('prediction_log_write_failed', { cause: messageOf(thrown), waiting: buffered() })
      return false
    }
    written += batch.lines
    batches.release(batch)
    batch = undefined
    return true
  }

  /** One writer at a time; it goes on while there are full batches, a thorough one to the end. */
  function write(thoroughly: boolean): Promise<void> {
    isThorough ||= thoroughly
    running ??= (async () => {
      while (await writeOne()) if (!isThorough && !batches.hasFull()) break
      running = undefined
      isThorough = false
      if (buffered() > 0) writeLater()
    })()
    return running
  }

  /** Writes when what waits is old, whether or not more comes. */
  function writeLater(): void {
    if (isTimed) return
    isTimed = true
    void deps.sleep(maxAgeMs).then(() => {
      isTimed = false
      if (buffered() > 0) void write(true)
    })
  }

  return {
    append(entries) {
      const room = Math.max(0, maxBuffered - buffered())
      batches.add(entries.length <= room ? entries : entries.slice(0, room))
      if (entries.length > room) loss.add(entries.length - room)
      // A batch that failed waits for its time; a full one does not.
      if (batch === undefined && batches.hasFull()) void write(false)
      else writeLater()
    },
    async flush() {
      await write(true)
      loss.tell()
    },
    stats: () => ({ waiting: batches.waiting(), writing: batch?.lines ?? 0, written, lost: loss.total() }),
  }
}

/** Counts entries that were lost, and tells of them once a minute. */
function createLossAccount({ clock, logger, metrics }: Pick<PredictionLogDeps, 'clock' | 'logger' | 'metrics'>) {
  let total = 0
  let untold = 0
  let toldAtMs = Number.NEGATIVE_INFINITY
  const tell = () => {
    if (untold === 0) return
    toldAtMs = clock()
    metrics.record('prediction_log_lost', untold, 'Count')
    logger.error('prediction_log_lost', { lost: untold, lostSinceStart: total })
    untold = 0
  }
  return {
    total: () => total,
    add(lost: number) {
      total += lost
      untold += lost
      if (clock() - toldAtMs >= TOLD_EVERY_MS) tell()
    },
    tell,
  }
}
