import type { NoiseFloor } from '../evaluation/calibration-noise.ts'
import { calibrationNoise } from '../evaluation/calibration-noise.ts'
import type { CalibrationLine } from '../evaluation/calibration-slope.ts'
import { calibrationSlope } from '../evaluation/calibration-slope.ts'
import type { EncompassingTest } from '../evaluation/encompassing.ts'
import { encompassingTest } from '../evaluation/encompassing.ts'
import { accuracyOf } from '../evaluation/metrics.ts'
import type { ReliabilityBin } from '../evaluation/reliability.ts'
import { calibrationErrors, reliabilityCurve } from '../evaluation/reliability.ts'
import { DomainError } from '../kernel/errors.ts'
import { createRng } from '../kernel/random.ts'
import { dayOfRow, takeRows } from '../recipe/dataset.ts'
import type { Scoreboard } from '../recipe/scoreboard.ts'
import { scoreboardOf } from '../recipe/scoreboard.ts'
import type { ContenderName, Predictions } from '../recipe/walk-forward.ts'
import { CONTENDERS } from '../recipe/walk-forward.ts'
import type { RuleComparison } from './betting-rule.ts'
import { compareBettingRules } from './betting-rule.ts'

/** How well one set of probabilities is calibrated. */
export interface CalibrationReport {
  /** Expected and largest calibration error over ten bins of equal width, and over ten of equal size. */
  equalWidth: { ece: number; mce: number }
  equalSize: { ece: number; mce: number }
  /** What the equal-width error comes to by chance alone, if the probabilities were right. */
  noise: NoiseFloor
  /** Undefined where all probabilities are one number. */
  line: CalibrationLine | undefined
  curve: readonly ReliabilityBin[]
}

/** All that is told of probabilities on rows that nothing was learned from. */
export interface Assessment {
  scores: Scoreboard
  accuracy: Record<ContenderName, number>
  calibration: Record<ContenderName, CalibrationReport>
  /** Whether the model adds to the price; undefined where there are too few days to tell. */
  encompassing: EncompassingTest | undefined
  /** What came of betting where the model expects more than the thresholds, beside the same rule on the price. */
  rules: readonly RuleComparison[]
}

/** Least expected values, as fractions of the stake, of the rules that are tried. */
const THRESHOLDS = [0, 0.02, 0.05] as const

const NOISE_SEED = 20_261_121

/**
 * @param closingLineValues  of each test row, price taken / closing price − 1; NaN where no closing price is known
 * @throws {DomainError} `too_few_clusters` where all rows are of one day
 */
export function assess(predictions: Predictions, closingLineValues: Float64Array): Assessment {
  const { test } = predictions
  const days = dayOfRow(test)
  return {
    scores: scoreboardOf(predictions),
    accuracy: ofEach((name) => accuracyOf(test.labels, predictions[name])),
    calibration: ofEach((name) => calibrationOf(test.labels, predictions[name], days)),
    encompassing: whereTold(() =>
      encompassingTest(test.labels, predictions.recalibratedImplied, predictions.model, days),
    ),
    rules: rulesOf(predictions, closingLineValues),
  }
}

function calibrationOf(labels: Float64Array, probabilities: Float64Array, days: Float64Array): CalibrationReport {
  return {
    equalWidth: calibrationErrors(labels, probabilities),
    equalSize: calibrationErrors(labels, probabilities, { kind: 'equal_mass' }),
    noise: calibrationNoise(probabilities, { rng: createRng(NOISE_SEED) }).ece,
    line: whereTold(() => calibrationSlope(labels, probabilities, days)),
    curve: reliabilityCurve(labels, probabilities),
  }
}

/** The rules on the rows whose return is known. */
function rulesOf(
  { test, model, implied, recalibratedImplied }: Predictions,
  closingLineValues: Float64Array,
): RuleComparison[] {
  const known = Int32Array.from(test.returns.keys()).filter((r) => Number.isFinite(test.returns[r]))
  if (known.length === 0) return []
  const rows = takeRows(test, known)
  const of = (probabilities: Float64Array) => Float64Array.from(known, (r) => probabilities[r] as number)
  const bets = {
    decimalOdds: rows.impliedProbabilities.map((q) => 1 / q),
    returnsPerUnit: rows.returns,
    closingLineValues: of(closingLineValues),
    clusters: dayOfRow(rows),
  }
  const placebos = { implied: of(implied), recalibratedImplied: of(recalibratedImplied) }
  return THRESHOLDS.map((threshold) => compareBettingRules(bets, { model: of(model), placebos }, threshold))
}

/** A statistic, or undefined where the rows cannot tell it: one class, one price, too few days. */
function whereTold<T>(statistic: () => T): T | undefined {
  try {
    return statistic()
  } catch (thrown) {
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}

function ofEach<T>(value: (name: ContenderName) => T): Record<ContenderName, T> {
  return Object.fromEntries(CONTENDERS.map((name) => [name, value(name)])) as Record<ContenderName, T>
}
