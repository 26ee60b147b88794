import type { Fold } from '../evaluation/folds.ts'
import { DomainError, invariant } from '../kernel/errors.ts'
import type { BacktestCandidate, BacktestRow } from './row.ts'

/** One retraining: which bets may be learned from and which are to be predicted, as positions in the list of candidates. */
export interface WalkForwardStep {
  /** Position among the folds, from 0. */
  fold: number
  /** Placed before the fold's first test bet, with a result known before it was placed: the purge by settlement. */
  learnFrom: readonly number[]
  /** In order. */
  test: readonly number[]
}

/** Probabilities of a step's test bets, in the order of `test`. */
export interface StepPredictions {
  probabilities: ArrayLike<number>
  marketProbabilities: ArrayLike<number>
}

/** Learns from a step's bets and predicts its test bets; retraining happens here, whatever it is. */
export type StepPredictor = (step: WalkForwardStep) => StepPredictions | Promise<StepPredictions>

/**
 * Walks forward through bets, retraining at each fold, and puts the predictions together as rows for a back-test.
 *
 * @param candidates  in order of placement
 * @param folds       in order, without overlap, as {@link import('../evaluation/folds.ts').walkForwardFolds} makes them
 * @throws {DomainError} `length_mismatch` where a prediction is missing; what `predict` throws
 */
export async function walkForward(
  candidates: readonly BacktestCandidate[],
  folds: readonly Fold[],
  predict: StepPredictor,
): Promise<BacktestRow[]> {
  assertOrder(candidates, folds)
  const rows: BacktestRow[] = []
  for (const [fold, { testBegin, testEnd }] of folds.entries()) {
    const step = { fold, learnFrom: knownBefore(candidates, testBegin), test: range(testBegin, testEnd) }
    rows.push(...rowsOf(candidates, step, await predict(step)))
  }
  return rows
}

function knownBefore(candidates: readonly BacktestCandidate[], testBegin: number): number[] {
  const startsAtMs = candidates[testBegin]?.placedAtMs ?? Number.NaN
  return range(0, testBegin).filter((r) => (candidates[r]?.knownAtMs ?? Number.NaN) < startsAtMs)
}

function rowsOf(
  candidates: readonly BacktestCandidate[],
  { fold, test }: WalkForwardStep,
  { probabilities, marketProbabilities }: StepPredictions,
): BacktestRow[] {
  if (probabilities.length !== test.length || marketProbabilities.length !== test.length) {
    const given = `${probabilities.length} and ${marketProbabilities.length}`
    throw new DomainError(
      'length_mismatch',
      `fold ${fold} has ${test.length} bets to predict, and ${given} predictions`,
    )
  }
  return test.map((r, i) => ({
    ...(candidates[r] as BacktestCandidate),
    probability: probabilities[i] as number,
    marketProbability: marketProbabilities[i] as number,
  }))
}

function assertOrder(candidates: readonly BacktestCandidate[], folds: readonly Fold[]): void {
  for (let r = 1; r < candidates.length; r++) {
    const [before, after] = [candidates[r - 1]?.placedAtMs ?? Number.NaN, candidates[r]?.placedAtMs ?? Number.NaN]
    invariant(before <= after, `candidate ${r} was placed before the one before it`)
  }
  let end = 0
  for (const { testBegin, testEnd } of folds) {
    const isSound = testBegin >= end && testEnd > testBegin && testEnd <= candidates.length
    invariant(isSound, `fold of rows ${testBegin} to ${testEnd} does not follow ${end} in ${candidates.length} rows`)
    end = testEnd
  }
}

function range(begin: number, end: number): number[] {
  return Array.from({ length: end - begin }, (_, i) => begin + i)
}
