import { calibrationNoise } from '../evaluation/calibration-noise.ts'
import { calibrationSlope } from '../evaluation/calibration-slope.ts'
import { clusteredMean } from '../evaluation/clustered.ts'
import { clusteredBootstrap } from '../evaluation/clustered-bootstrap.ts'
import type { Coefficient } from '../evaluation/clustered-logistic.ts'
import { rowLogLosses, scoreBinary } from '../evaluation/metrics.ts'
import { calibrationErrors } from '../evaluation/reliability.ts'
import { DomainError } from '../kernel/errors.ts'
import { clamp, mean } from '../kernel/numeric.ts'
import { createRng } from '../kernel/random.ts'
import type { DecayScores, Interval } from './decay-report.ts'
import type { DecayEntry, DecayReference } from './decay-state.ts'
import { marketProbability } from './decay-state.ts'

const SEED = 20_261_122

/** Draws for an interval of the calibration error: it decides nothing. */
const REPLICATES = 200

/**
 * Log loss, Brier score, calibration and calibration error of what was served, beside the market on the same bets and what
 * was to be expected of them; 95 % intervals with errors clustered by day. Null where no bet was won or lost.
 */
export function scoresOf(entries: readonly DecayEntry[], reference: DecayReference): DecayScores | null {
  const settled = entries.filter(({ label }) => label !== null)
  if (settled.length === 0) return null
  const labels = Float64Array.from(settled, ({ label }) => label ?? 0)
  const served = Float64Array.from(settled, ({ probability }) => probability)
  const days = Float64Array.from(settled, ({ day }) => day)
  const market = Float64Array.from(settled, ({ decimalOdds }) => marketProbability(decimalOdds, reference))
  const losses = rowLogLosses(labels, served)
  const marketLosses = rowLogLosses(labels, market)
  const entropies = served.map(entropyOf)
  const ofMarket = scoreBinary(labels, market)
  return {
    n: settled.length,
    days: new Set(days).size,
    winRate: mean(labels),
    meanProbability: mean(served),
    logLoss: meanOf(losses, days),
    brier: meanOf(
      served.map((p, r) => (p - (labels[r] as number)) ** 2),
      days,
    ),
    ece: calibrationErrorOf(labels, served, days),
    calibration: lineOf(labels, served, days),
    market: { logLoss: ofMarket.logLoss, brier: ofMarket.brier },
    minusMarket: meanOf(
      losses.map((loss, r) => loss - (marketLosses[r] as number)),
      days,
    ),
    expectedLogLoss: mean(entropies),
    minusExpected: meanOf(
      losses.map((loss, r) => loss - (entropies[r] as number)),
      days,
    ),
  }
}

/**
 * Log loss to be expected of probabilities that are right: the mean of −(p ln p + (1 − p) ln(1 − p)), which asks for no
 * result. Null where there are none. NannyML estimates scores in this way under the name CBPE.
 */
export function expectedLogLoss(probabilities: readonly number[]): number | null {
  return probabilities.length === 0 ? null : mean(probabilities.map(entropyOf))
}

function entropyOf(probability: number): number {
  const p = clamp(probability, Number.EPSILON, 1 - Number.EPSILON)
  return -(p * Math.log(p) + (1 - p) * Math.log1p(-p))
}

function meanOf(values: Float64Array, days: Float64Array): Interval {
  try {
    const { mean: value, low, high } = clusteredMean(values, days)
    return { value, low, high }
  } catch (thrown) {
    return { value: mean(values), ...untold(thrown) }
  }
}

function calibrationErrorOf(labels: Float64Array, served: Float64Array, days: Float64Array): DecayScores['ece'] {
  const { ece } = calibrationErrors(labels, served)
  const chance = calibrationNoise(served, { rng: createRng(SEED), replicates: REPLICATES }).ece.high
  const of = (rows: Int32Array) => {
    const take = (values: Float64Array) => Float64Array.from(rows, (r) => values[r] as number)
    return calibrationErrors(take(labels), take(served)).ece
  }
  try {
    const { low, high } = clusteredBootstrap(of, days, { rng: createRng(SEED), replicates: REPLICATES })
    return { value: ece, low, high, chance }
  } catch (thrown) {
    return { value: ece, ...untold(thrown), chance }
  }
}

function lineOf(labels: Float64Array, served: Float64Array, days: Float64Array): DecayScores['calibration'] {
  const of = ({ value, low, high }: Coefficient): Interval => ({ value, low, high })
  try {
    const { slope, intercept } = calibrationSlope(labels, served, days)
    return { slope: of(slope), intercept: of(intercept) }
  } catch (thrown) {
    untold(thrown)
    return null
  }
}

/** No interval, where there are too few days or one class alone. */
function untold(thrown: unknown): { low: null; high: null } {
  if (thrown instanceof DomainError) return { low: null, high: null }
  throw thrown
}
