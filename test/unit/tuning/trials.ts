import type { Study, StudySettings } from '../../../shared/tuning/study.ts'
import { objectStudyStore } from '../../../shared/tuning/study-store.ts'
import type { Trial } from '../../../shared/tuning/trial.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'

export const STARTED_AT = '2026-03-01T12:00:00.000Z'

/** A complete trial of value 0 unless told otherwise. */
export function trial(number: number, changes: Partial<Trial> = {}): Trial {
  return {
    number,
    params: { x: 0.5 },
    state: 'complete',
    value: 0,
    steps: [],
    startedAt: STARTED_AT,
    seconds: 0,
    error: null,
    ...changes,
  }
}

/** Steps from 0 of these values. */
export function stepsOf(...values: number[]): Trial['steps'] {
  return values.map((value, step) => ({ step, value, details: {} }))
}

export function pruned(number: number, ...values: number[]): Trial {
  return trial(number, { state: 'pruned', value: null, steps: stepsOf(...values) })
}

export function failed(number: number): Trial {
  return trial(number, { state: 'failed', value: null, error: { code: 'no_good', message: 'it is no good' } })
}

/** Settings of a search for x in [0, 1] and n in 1 to 5. */
export function settings(changes: Partial<StudySettings> = {}): StudySettings {
  return {
    objective: 'distance',
    subject: { data: 'a'.repeat(64), folds: 4 },
    space: [
      { kind: 'float', name: 'x', low: 0, high: 1, scale: 'linear' },
      { kind: 'integer', name: 'n', low: 1, high: 5, scale: 'linear' },
    ],
    firstTrials: [{ x: 0.9, n: 5 }],
    pruner: { startupTrials: 5, warmupSteps: 0, intervalSteps: 1, judges: 'latest' },
    seed: 7,
    ...changes,
  }
}

export function study(changes: Partial<Study> = {}): Study {
  return {
    format: 'tuning-study/1',
    id: 'distance-1',
    createdAt: STARTED_AT,
    budget: { trials: 20, seconds: null },
    ...settings(),
    ...changes,
  }
}

export function memoryStudies() {
  const objects = memoryObjectStore()
  return { objects, store: objectStudyStore(objects) }
}
