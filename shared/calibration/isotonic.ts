import { DomainError } from '../kernel/errors.ts'
import { clamp } from '../kernel/numeric.ts'
import type { Calibrator } from './calibrator.ts'
import { assertFittable } from './fitting-rows.ts'

/** Isotonic regression: the best probabilities that never fall as the score rises. */
export type IsotonicCalibrator = Extract<Calibrator, { kind: 'isotonic' }>

/** Scores less than this apart are one score, as scikit-learn has it. */
const TIE_WIDTH = 1e-15

/** Neighbouring rows that share a value: `mean` of the labels and `weight` of the rows from one score on. */
interface Points {
  scores: Float64Array
  means: Float64Array
  weights: Float64Array
}

/**
 * Isotonic regression of the labels on the scores by pooling adjacent violators, squared error, weighted.
 *
 * Rows of equal score are pooled first. Of a run of points of one value only the ends are kept, so that between them and
 * the next run the line is straight: the points, and what is read off them, are those of scikit-learn's
 * `IsotonicRegression(y_min=0, y_max=1, out_of_bounds='clip')`. The ends are usually 0 and 1; see {@link keepOffCertainty}.
 *
 * @param scores   log-odds, finite
 * @param labels   0 or 1
 * @param options  `weights` of the rows, finite and ≥ 0; rows of weight 0 are left out. All 1 where not given
 * @returns        points with rising scores; one point where all scores are equal
 * @throws {DomainError} `length_mismatch`, `score_not_finite`, `label_not_binary`, `one_class`, `weight_out_of_range`
 *   (NaN included)
 * @see M. J. Best, N. Chakravarti, "Active set algorithms for isotonic regression", Mathematical Programming 47, 1990
 */
export function fitIsotonic(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: { weights?: ArrayLike<number> } = {},
): IsotonicCalibrator {
  const weights = options.weights ?? new Float64Array(scores.length).fill(1)
  const order = weightedRowsByScore(scores, labels, weights)
  const points = poolTies(order, scores, labels, weights)
  const fitted = poolViolators(points)
  // The first and last differ from the nothing beyond them, and so are kept.
  const kept = Array.from(fitted.keys()).filter((i) => fitted[i] !== fitted[i - 1] || fitted[i] !== fitted[i + 1])
  return {
    kind: 'isotonic',
    scores: kept.map((i) => points.scores[i] as number),
    probabilities: kept.map((i) => clamp(fitted[i] as number, 0, 1)),
  }
}

/**
 * A calibrator whose probabilities stay within [1/(n + 2), 1 − 1/(n + 2)]: by Laplace's rule of succession, n rows
 * without a single one among them give no probability below 1/(n + 2).
 *
 * A block at the end of an isotonic fit is all zeros or all ones more often than not; taken at its word, one row on the
 * wrong side would cost an infinite loss.
 *
 * @param rows  n, rows that the calibrator was fitted on
 */
export function keepOffCertainty(calibrator: IsotonicCalibrator, rows: number): IsotonicCalibrator {
  const least = 1 / (rows + 2)
  return { ...calibrator, probabilities: calibrator.probabilities.map((p) => clamp(p, least, 1 - least)) }
}

/** Numbers of the rows that weigh something, by rising score. */
function weightedRowsByScore(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
): Uint32Array {
  if (weights.length !== scores.length) {
    throw new DomainError('length_mismatch', `${scores.length} scores and ${weights.length} weights`)
  }
  const weighing = Uint32Array.from({ length: scores.length }, (_, r) => r).filter((r) => {
    const weight = weights[r] as number
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new DomainError('weight_out_of_range', `weight ${weight} of row ${r}: must be finite and not negative`)
    }
    return weight > 0
  })
  assertFittable(scores, labels)
  assertFittable(
    Array.from(weighing, (r) => scores[r] as number),
    Array.from(weighing, (r) => labels[r] as number),
  )
  return weighing.sort((a, b) => (scores[a] as number) - (scores[b] as number))
}

function poolTies(
  order: Uint32Array,
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
): Points {
  const points: Points = {
    scores: new Float64Array(order.length),
    means: new Float64Array(order.length),
    weights: new Float64Array(order.length),
  }
  let count = 0
  for (let begin = 0; begin < order.length; count++) {
    const score = scores[order[begin] as number] as number
    let weight = 0
    let ones = 0
    let end = begin
    for (; end < order.length && (scores[order[end] as number] as number) - score < TIE_WIDTH; end++) {
      const row = order[end] as number
      weight += weights[row] as number
      ones += (weights[row] as number) * (labels[row] as number)
    }
    points.scores[count] = score
    points.means[count] = ones / weight
    points.weights[count] = weight
    begin = end
  }
  return {
    scores: points.scores.subarray(0, count),
    means: points.means.subarray(0, count),
    weights: points.weights.subarray(0, count),
  }
}

/** The value of each point once every fall has been pooled away. */
function poolViolators({ means, weights }: Points): Float64Array {
  const blockEnds = new Uint32Array(means.length)
  const blockMeans = new Float64Array(means.length)
  const blockWeights = new Float64Array(means.length)
  let blocks = 0
  for (let i = 0; i < means.length; i++) {
    let mean = means[i] as number
    let weight = weights[i] as number
    while (blocks > 0 && (blockMeans[blocks - 1] as number) >= mean) {
      blocks--
      const joined = weight + (blockWeights[blocks] as number)
      mean = (mean * weight + (blockMeans[blocks] as number) * (blockWeights[blocks] as number)) / joined
      weight = joined
    }
    blockEnds[blocks] = i + 1
    blockMeans[blocks] = mean
    blockWeights[blocks] = weight
    blocks++
  }
  const fitted = new Float64Array(means.length)
  for (let b = 0; b < blocks; b++) {
    fitted.fill(blockMeans[b] as number, b === 0 ? 0 : (blockEnds[b - 1] as number), blockEnds[b] as number)
  }
  return fitted
}
