import type { Study } from '../../../../shared/tuning/study.ts'
import type { Trial } from '../../../../shared/tuning/trial.ts'
import { reportStudy } from '../../../../shared/usecases/tune-model.ts'
import { failed, settings, study, trial } from '../../tuning/trials.ts'

/** A complete trial with the scores of two folds. */
export function scoredTrial(number: number, value: number, params: Trial['params'] = { x: 0.5, n: 2 }): Trial {
  const steps = [-0.01, 0.01].map((more, step) => ({
    step,
    value: value + more,
    details: { logLoss: value + more, brier: 0.2 + more, auc: 0.6 + more },
  }))
  return trial(number, { params, value, steps, seconds: 1.5 })
}

export function prunedTrial(number: number, params: Trial['params'] = { x: 0.7, n: 3 }): Trial {
  return trial(number, { params, state: 'pruned', value: null, steps: [{ step: 0, value: 0.9, details: {} }] })
}

export const STUDY = study({
  ...settings({ objective: 'log_loss', subject: { data: 'a'.repeat(64), rows: 21_350, folds: 2 } }),
  id: 'log-loss-1234',
  budget: { trials: 6, seconds: null },
})

/** Settings in use at 0.62, the best at 0.6123, two pruned, one failed, one far off. */
export const TRIALS = [
  scoredTrial(0, 0.62, { x: 0.9, n: 5 }),
  scoredTrial(1, 0.615),
  prunedTrial(2),
  { ...failed(3), params: { x: 0.1, n: 1 } },
  scoredTrial(4, 0.6123, { x: 0.123456, n: 4 }),
  scoredTrial(5, 9),
  prunedTrial(6, { x: 0.2, n: 2 }),
]

export function report(trials: readonly Trial[] = TRIALS, changes: Partial<Study> = {}) {
  return reportStudy({ ...STUDY, ...changes }, trials)
}
