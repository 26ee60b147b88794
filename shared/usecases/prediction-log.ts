import { messageOf } from '../kernel/errors.ts'
import type { Clock, Logger, Metrics, ObjectStore, Sleep } from '../kernel/ports.ts'
import type { TextBuffer } from '../kernel/text-buffer.ts'
import { createTextBuffer } from '../kernel/text-buffer.ts'
import type { LoggedPrediction } from '../performance/served-prediction.ts'
import { predictionLogKey, servedPredictionLine } from '../performance/served-prediction.ts'

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

/** Entries that are put into words together: one at a time, between requests, each takes twice as long. */
const WORDED_TOGETHER = 50

/** Lines on their way: the key stays the same however often the write is tried, so that it leaves one object. */
interface Batch {
  key: string
  text: TextBuffer
  lines: number
}

/**
 * A {@link PredictionLog} that writes batches, one after the other, as objects of NDJSON. While the store is down, entries
 * wait and the write is tried again after each `maxAgeMs`; what does not fit is lost, counted by the metric
 * `prediction_log_lost`, and told in the log once a minute.
 */
export function createPredictionLog(
  deps: PredictionLogDeps,
  limits: Partial<PredictionLogLimits> = {},
): BufferedPredictionLog {
  const { maxBuffered, batchSize, maxAgeMs } = { ...LIMITS, ...limits }
  let fresh: LoggedPrediction[] = []
  const full: Batch[] = []
  let open: Batch | undefined
  let batch: Batch | undefined
  /** Memory of a batch that is written: new memory for each makes the collector of garbage come more often. */
  let spare: TextBuffer | undefined
  let running: Promise<void> | undefined
  let isThorough = false
  let isTimed = false
  let written = 0
  const loss = createLossAccount(deps)
  const waiting = () => fresh.length + full.length * batchSize + (open?.lines ?? 0)
  const buffered = () => waiting() + (batch?.lines ?? 0)

  function putIntoWords(): void {
    for (const entry of fresh) addLine(entry)
    fresh = []
  }

  function openBatch(firstAtMs: number): Batch {
    const text = spare ?? createTextBuffer()
    spare = undefined
    return { key: predictionLogKey(firstAtMs, deps.newId()), text, lines: 0 }
  }

  function addLine(entry: LoggedPrediction): void {
    open ??= openBatch(entry.atMs)
    const told = { id: deps.newId(), functionVersion: deps.functionVersion }
    open.text.append(`${servedPredictionLine(entry, told)}\n`)
    open.lines += 1
    if (open.lines < batchSize) return
    full.push(open)
    open = undefined
  }

  /** Writes the batch at hand, or the next one. @returns whether there was one and it is written */
  async function writeOne(): Promise<boolean> {
    batch ??= nextBatch()
    if (batch === undefined) return false
    try {
      await deps.objects.put(batch.key, batch.text.bytes())
    } catch (thrown) {
      deps.logger.warn('prediction_log_write_failed', { cause: messageOf(thrown), waiting: buffered() })
      return false
    }
    written += batch.lines
    spare = batch.text
    spare.clear()
    batch = undefined
    return true
  }

  function nextBatch(): Batch | undefined {
    putIntoWords()
    const next = full.shift()
    if (next !== undefined) return next
    const last = open
    open = undefined
    return last
  }

  /** One writer at a time; it goes on while there are full batches, a thorough one to the end. */
  function write(thoroughly: boolean): Promise<void> {
    isThorough ||= thoroughly
    running ??= (async () => {
      while (await writeOne()) if (!isThorough && full.length === 0) break
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
      for (let i = 0; i < Math.min(room, entries.length); i++) fresh.push(entries[i] as LoggedPrediction)
      const isBatch = fresh.length + (open?.lines ?? 0) >= batchSize
      if (isBatch || fresh.length >= WORDED_TOGETHER) putIntoWords()
      if (entries.length > room) loss.add(entries.length - room)
      // A batch that failed waits for its time; a full one does not.
      if (batch === undefined && full.length > 0) void write(false)
      else writeLater()
    },
    async flush() {
      await write(true)
      loss.tell()
    },
    stats: () => ({ waiting: waiting(), writing: batch?.lines ?? 0, written, lost: loss.total() }),
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
