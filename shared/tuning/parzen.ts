import type { Rng } from '../kernel/random.ts'
import { normalMass, SQRT_2PI } from './normal.ts'
import type { Dimension, NumericDimension } from './space.ts'
import { fromInternal, internalBounds, toInternal } from './space.ts'

/** A distribution of one parameter, estimated from values that trials had. */
export interface ParzenEstimator {
  /** A value of the dimension. */
  sample(rng: Rng): number | string
  /** Density on the dimension's scale, or probability where values are whole numbers or choices; positive everywhere. */
  density(value: number | string): number
}

/** Trials since the last this many count in full; of those before, the older the less. */
const RECENT = 25

/** A window is at least 1/min(100, n + 2) of the range, so that few trials do not pin the search to where they were. */
const MOST_WINDOWS = 100

/**
 * Parzen estimator of one dimension: a mixture of a window around each observed value and one prior window over all,
 * whose weight is that of one full observation.
 *
 * Numbers: truncated normal windows on the dimension's scale, the bandwidth of each the larger distance to its
 * neighbours (prior's centre included), kept within [range / min(100, n + 2), range]. Choices: window k gives choice c the
 * probability (1{c = observed_k} + 1/(n + 1)) / (1 + C/(n + 1)), with C choices; the prior is uniform.
 *
 * @param observed  values of trials in order of their numbers, of this dimension
 * @see J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, "Algorithms for hyper-parameter optimization", NeurIPS 2011
 * @see S. Watanabe, "Tree-structured Parzen estimator: understanding its algorithm components and their roles for better
 *   empirical performance", arXiv:2304.11127, 2023 (bandwidths and weights of the implementations)
 */
export function parzenEstimator(dimension: Dimension, observed: readonly (number | string)[]): ParzenEstimator {
  const weights = windowWeights(observed.length)
  if (dimension.kind === 'choice') return choiceEstimator(dimension.choices, observed, weights)
  const places = observed.map((value) => toInternal(dimension, Number(value)))
  return numericEstimator(dimension, places, weights)
}

/**
 * Weights of n observations, oldest first, and of the prior, which add up to 1: the last 25 and the prior count 1 before
 * that, those before rise evenly from 1/n to 1.
 */
export function windowWeights(n: number): Float64Array {
  const old = Math.max(0, n - RECENT)
  const weights = Float64Array.from({ length: n + 1 }, (_, k) => {
    if (k >= old) return 1
    return old === 1 ? 1 / n : 1 / n + ((1 - 1 / n) * k) / (old - 1)
  })
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

function choiceEstimator(
  choices: readonly (number | string)[],
  observed: readonly (number | string)[],
  weights: Float64Array,
): ParzenEstimator {
  const n = observed.length
  const spread = 1 / (n + 1)
  const scale = 1 + choices.length * spread
  const prior = (weights[n] as number) / choices.length
  const probabilities = choices.map((choice) =>
    observed.reduce<number>(
      (sum, value, k) => sum + ((weights[k] as number) * ((value === choice ? 1 : 0) + spread)) / scale,
      prior,
    ),
  )
  return {
    sample: (rng) => choices[pick(probabilities, rng)] as number | string,
    density: (value) => probabilities[choices.indexOf(value)] ?? 0,
  }
}

/** A truncated normal, by its centre and width on the dimension's scale. */
interface Window {
  centre: number
  width: number
  /** Mass of the whole normal that lies within the bounds. */
  mass: number
}

function numericEstimator(
  dimension: NumericDimension,
  places: readonly number[],
  weights: Float64Array,
): ParzenEstimator {
  const { low, high } = internalBounds(dimension)
  const windows = windowsOf(places, low, high)
  const mixture = (of: (window: Window) => number) =>
    windows.reduce((sum, window, k) => sum + ((weights[k] as number) * of(window)) / window.mass, 0)
  return {
    sample(rng) {
      const { centre, width } = windows[pick(weights, rng)] as Window
      return fromInternal(dimension, sampleWithin(centre, width, { low, high }, rng))
    },
    density(value) {
      const x = Number(value)
      if (dimension.kind === 'float') {
        const place = toInternal(dimension, x)
        return mixture(({ centre, width }) => normalDensity((place - centre) / width) / width)
      }
      const [from, to] = [toInternal(dimension, x - 0.5), toInternal(dimension, x + 0.5)]
      return mixture(({ centre, width }) => normalMass((from - centre) / width, (to - centre) / width))
    },
  }
}

/** One window an observation, in their order, and the prior last: centred, as wide as the range. */
function windowsOf(places: readonly number[], low: number, high: number): Window[] {
  const range = high - low
  const middle = low + range / 2
  const widths = bandwidths([...places, middle])
  const narrowest = range / Math.min(MOST_WINDOWS, places.length + 2)
  const window = (centre: number, width: number): Window => ({
    centre,
    width,
    mass: normalMass((low - centre) / width, (high - centre) / width),
  })
  return [
    ...places.map((place, k) => window(place, Math.min(range, Math.max(narrowest, widths[k] as number)))),
    window(middle, range),
  ]
}

/** Distance of each place to the farther of its neighbours; the outermost have but one, a place alone has none: 0. */
export function bandwidths(places: readonly number[]): Float64Array {
  const order = places.map((_, k) => k).sort((a, b) => (places[a] as number) - (places[b] as number))
  const widths = new Float64Array(places.length)
  for (let rank = 1; rank < order.length; rank++) {
    const [left, right] = [order[rank - 1] as number, order[rank] as number]
    const gap = (places[right] as number) - (places[left] as number)
    widths[left] = Math.max(widths[left] as number, gap)
    widths[right] = gap
  }
  return widths
}

/**
 * Draws again what falls outside: the centre lies within and the width is at most the range, so more than a third of all
 * draws fall within.
 */
function sampleWithin(centre: number, width: number, { low, high }: { low: number; high: number }, rng: Rng): number {
  for (;;) {
    const place = centre + width * rng.normal()
    if (place >= low && place <= high) return place
  }
}

function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / SQRT_2PI
}

/** An index drawn with the probabilities given, which add up to 1. */
function pick(probabilities: ArrayLike<number>, rng: Rng): number {
  let left = rng.next()
  for (let k = 0; k < probabilities.length - 1; k++) {
    left -= probabilities[k] as number
    if (left < 0) return k
  }
  return probabilities.length - 1
}
