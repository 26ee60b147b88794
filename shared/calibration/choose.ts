import { clusteredError } from '../evaluation/clustered.ts'
import { rowLogLosses } from '../evaluation/metrics.ts'
import { DomainError } from '../kernel/errors.ts'
import { applyCalibrator } from './apply.ts'
import { fitBeta } from './beta.ts'
import type { CalibrationKind, Calibrator } from './calibrator.ts'
import { assertFittable } from './fitting-rows.ts'
import { fitIsotonic, keepOffCertainty } from './isotonic.ts'
import { fitPlatt } from './platt.ts'
import { fitTemperature } from './temperature.ts'

/** Simplest first: by the number of parameters, and isotonic, with one for each step, last. */
const SIMPLEST_FIRST = ['none', 'temperature', 'platt', 'beta', 'isotonic'] as const satisfies CalibrationKind[]

/** Fewer rows say nothing about how to calibrate. */
const LEAST_ROWS = 10

/** What cross-validation says of one kind of calibration; `refusal` where it could not be fitted on every fold. */
export type CalibrationTrial =
  | {
      kind: CalibrationKind
      /** Mean log loss on the rows left out, in nats, and its standard error. */
      logLoss: number
      error: number
      /** How much worse than the kind of least loss, row by row, and the standard error of that. */
      excess: number
      excessError: number
    }
  | { kind: CalibrationKind; refusal: string }

/** A calibrator and why it was chosen. */
export interface CalibrationChoice {
  /** Fitted on all rows. */
  calibrator: Calibrator
  /** One for each kind asked for, simplest first. */
  trials: readonly CalibrationTrial[]
}

export interface CalibrationChoiceOptions {
  /** Number of the fold of each row, two or more in all; blocks of rows in time order. */
  folds: Int32Array
  /** Kinds to choose from; all where not given. */
  kinds?: readonly CalibrationKind[]
  /** Standard errors by which a kind may be worse than the best and still be taken for being simpler; 1 where not given. */
  patience?: number
  /** Cluster of each row for the standard errors (a day); each row its own where not given. */
  clusters?: ArrayLike<number>
}

/** A kind that could be fitted everywhere. */
interface Candidate {
  kind: CalibrationKind
  losses: Float64Array
  calibrator: Calibrator
}

/**
 * Chooses the kind of calibration by cross-validated log loss and fits it on all rows.
 *
 * Each fold is scored by a calibrator fitted on the others. Of the kinds whose mean loss lies within one standard error
 * of the least, the simplest is taken (none, temperature, Platt, beta, isotonic), so that noise does not choose a step function. The error is that of the difference to the best, row by row: the losses' own is many times as large and
 * would let anything pass. Isotonic probabilities are kept off 0 and 1, when scored and in the calibrator returned, by
 * {@link keepOffCertainty}; Platt's targets are smoothed. A kind that cannot be fitted (all scores equal, say) is out.
 *
 * @param scores   log-odds, finite, of a model that was not fitted on these rows
 * @param labels   0 or 1
 * @param options  folds, kinds and clusters
 * @throws {DomainError} `length_mismatch`, `score_not_finite`, `label_not_binary`; `too_few_rows` below ten;
 *   `too_few_folds` below two; `one_class` where the labels of all rows, or of all but one fold's, agree;
 *   `cluster_not_finite`, `too_few_clusters`; `no_calibrator` where no kind could be fitted
 * @see L. Breiman, J. Friedman, R. Olshen, C. Stone, "Classification and Regression Trees", 1984, 3.4.3 (one standard error)
 */
export function chooseCalibrator(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: CalibrationChoiceOptions,
): CalibrationChoice {
  assertFittable(scores, labels)
  const rows = { scores: Float64Array.from(scores), labels: Float64Array.from(labels) }
  const parts = foldParts(rows, options.folds)
  const kinds = SIMPLEST_FIRST.filter((kind) => options.kinds?.includes(kind) ?? true)
  const tried = kinds.map((kind) => attempt(kind, rows, parts))
  const candidates = tried.filter((one) => 'losses' in one)
  const first = candidates[0]
  if (first === undefined) {
    throw new DomainError('no_calibrator', `none of [${kinds.join(', ')}] can be fitted on ${labels.length} rows`)
  }
  const best = candidates.reduce((least, next) => (sum(next.losses) < sum(least.losses) ? next : least), first)
  const clusters = options.clusters ?? rows.labels.map((_, r) => r)
  const trials = tried.map((one) => ('losses' in one ? trialOf(one, best, clusters) : one))
  const chosen = trials.find(
    (trial) => 'excess' in trial && trial.excess <= (options.patience ?? 1) * trial.excessError,
  )
  const { calibrator } = candidates.find(({ kind }) => kind === chosen?.kind) ?? best
  return { calibrator, trials }
}

function trialOf({ kind, losses }: Candidate, best: Candidate, clusters: ArrayLike<number>): CalibrationTrial {
  const own = clusteredError(losses, clusters)
  const excess = clusteredError(
    losses.map((loss, r) => loss - (best.losses[r] as number)),
    clusters,
  )
  return { kind, logLoss: own.mean, error: own.error, excess: excess.mean, excessError: excess.error }
}

interface ScoredRows {
  scores: Float64Array
  labels: Float64Array
}

interface FoldPart {
  learn: ScoredRows
  /** Numbers of the rows left out. */
  test: Int32Array
}

/** Each fold with the rows of all others, in the order of the folds' numbers. */
function foldParts(rows: ScoredRows, folds: Int32Array): FoldPart[] {
  const n = rows.labels.length
  if (folds.length !== n) throw new DomainError('length_mismatch', `${n} rows and ${folds.length} fold numbers`)
  if (n < LEAST_ROWS)
    throw new DomainError('too_few_rows', `${n} rows: at least ${LEAST_ROWS} are needed to choose from`)
  const numbers = [...new Set(folds)].sort((a, b) => a - b)
  if (numbers.length < 2) throw new DomainError('too_few_folds', `${numbers.length} fold: at least 2 are needed`)
  const all = Int32Array.from({ length: n }, (_, r) => r)
  return numbers.map((number) => {
    const learning = all.filter((r) => folds[r] !== number)
    const learn = {
      scores: Float64Array.from(learning, (r) => rows.scores[r] as number),
      labels: Float64Array.from(learning, (r) => rows.labels[r] as number),
    }
    const isMixed = learn.labels.includes(0) && learn.labels.includes(1)
    if (!isMixed) throw new DomainError('one_class', `all labels outside fold ${number} are the same`)
    return { learn, test: all.filter((r) => folds[r] === number) }
  })
}

/** Losses of one kind on every row, each while left out; a refusal where it cannot be fitted. */
function attempt(
  kind: CalibrationKind,
  rows: ScoredRows,
  parts: readonly FoldPart[],
): Candidate | { kind: CalibrationKind; refusal: string } {
  try {
    const probabilities = new Float64Array(rows.labels.length)
    for (const { learn, test } of parts) {
      const calibrator = fitKind(kind, learn)
      for (const r of test) probabilities[r] = applyCalibrator(calibrator, rows.scores[r] as number)
    }
    return { kind, losses: rowLogLosses(rows.labels, probabilities), calibrator: fitKind(kind, rows) }
  } catch (error) {
    // One kind that does not suit the rows must not cost the others.
    if (error instanceof DomainError) return { kind, refusal: error.message }
    throw error
  }
}

function fitKind(kind: CalibrationKind, { scores, labels }: ScoredRows): Calibrator {
  switch (kind) {
    case 'none':
      return { kind }
    case 'temperature':
      return fitTemperature(scores, labels)
    case 'platt':
      return fitPlatt(scores, labels)
    case 'beta':
      return fitBeta(scores, labels)
    case 'isotonic':
      return keepOffCertainty(fitIsotonic(scores, labels), labels.length)
    default:
      return kind satisfies never
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
