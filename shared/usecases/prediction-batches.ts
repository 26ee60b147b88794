import type { TextBuffer } from '../kernel/text-buffer.ts'
import { createTextBuffer } from '../kernel/text-buffer.ts'
import type { LoggedPrediction } from '../performance/served-prediction.ts'
import { predictionLogKey, servedPredictionLine } from '../performance/served-prediction.ts'

/** Entries that are put into words together: one at a time, between requests, each takes twice as long. */
const WORDED_TOGETHER = 50

/** Lines of one object to be written, in memory that is used again once it has been. */
export interface PredictionBatch {
  key: string
  text: TextBuffer
  lines: number
}

/** Predictions that wait to be written. */
export interface PredictionBatches {
  add(entries: readonly LoggedPrediction[]): void
  /** Entries that wait. */
  waiting(): number
  /** Whether there is a batch that nothing more goes into. */
  hasFull(): boolean
  /** Takes out the oldest batch, full or not. */
  next(): PredictionBatch | undefined
  /** Takes the memory of a written batch back: new memory for each makes the collector of garbage come more often. */
  release(batch: PredictionBatch): void
}

interface BatchSetting {
  batchSize: number
  /** Makes ids of predictions and batches. */
  newId: () => string
  /** Version of the deployed function; null on one machine. */
  functionVersion: string | null
}

/** Gathers predictions as lines of NDJSON, so many to a batch. */
export function createPredictionBatches({ batchSize, newId, functionVersion }: BatchSetting): PredictionBatches {
  let fresh: LoggedPrediction[] = []
  let open: PredictionBatch | undefined
  const full: PredictionBatch[] = []
  let spare: TextBuffer | undefined

  function putIntoWords(): void {
    for (const entry of fresh) addLine(entry)
    fresh = []
  }

  function addLine(entry: LoggedPrediction): void {
    open ??= openBatch(entry.atMs)
    open.text.append(`${servedPredictionLine(entry, { id: newId(), functionVersion })}\n`)
    open.lines += 1
    if (open.lines < batchSize) return
    full.push(open)
    open = undefined
  }

  function openBatch(firstAtMs: number): PredictionBatch {
    const text = spare ?? createTextBuffer()
    spare = undefined
    return { key: predictionLogKey(firstAtMs, newId()), text, lines: 0 }
  }

  return {
    add(entries) {
      for (const entry of entries) fresh.push(entry)
      const isBatch = fresh.length + (open?.lines ?? 0) >= batchSize
      if (isBatch || fresh.length >= WORDED_TOGETHER) putIntoWords()
    },
    waiting: () => fresh.length + (open?.lines ?? 0) + full.length * batchSize,
    hasFull: () => full.length > 0,
    next() {
      putIntoWords()
      const oldest = full.shift() ?? open
      if (oldest === open) open = undefined
      return oldest
    },
    release({ text }) {
      text.clear()
      spare = text
    },
  }
}
