import type { Bins } from './binning.ts'
import { MISSING_BIN } from './binning.ts'
import type { Histogram } from './histogram.ts'
import { slotOffset } from './histogram.ts'
import type { NodeSums, SplitPenalties } from './penalties.ts'
import { boundedWeight, isPlain, leafWeight, weightScore } from './penalties.ts'

/** The best way to part a node's rows. */
export interface Split {
  feature: number
  /** Codes at most this go left. */
  bin: number
  /** Values at most this go left; +∞ where all that are present do. */
  threshold: number
  missingLeft: boolean
  gain: number
}

/** Slots of a histogram that may split, and the feature of each slot. */
export interface SplitCandidates {
  histogram: Histogram
  features: Int32Array
  /** Slots to look at, ascending; all where left out. */
  slots?: Int32Array
}

/**
 * Finds the split of largest gain over features and bins, trying missing values on either side.
 *
 * gain = GL²/(HL+λ) + GR²/(HR+λ) − G²/(H+λ), with G, H the sums of gradients and Hessians left, right and in the node:
 * twice the loss that the split takes away, without the ½ of the reference, as XGBoost reports it. With an L1 penalty,
 * a largest step or monotone features each term is the {@link weightScore} of the value that the side would get, and a
 * split whose sides would stand in the wrong order is none. The first of equal splits is taken.
 *
 * @returns undefined where no split gains more than gamma with enough weight on both sides
 * @see T. Chen, C. Guestrin, "XGBoost: A Scalable Tree Boosting System", KDD 2016, eq. 7
 */
export function findSplit(
  { histogram, features, slots }: SplitCandidates,
  bins: Bins,
  node: NodeSums,
  penalties: SplitPenalties,
): Split | undefined {
  const search: Search = { histogram, node, penalties, gain: Math.max(penalties.gamma, 1e-9), bin: -1, side: 0 }
  const scan = isPlain(penalties) ? scanPlain : scanBounded
  let feature = -1
  const count = slots?.length ?? features.length
  for (let i = 0; i < count; i++) {
    const slot = slots === undefined ? i : (slots[i] as number)
    const candidate = features[slot] as number
    if (scan(search, slotOffset(slot), (bins.edges[candidate] as Float32Array).length, candidate)) feature = candidate
  }
  if (feature < 0) return undefined
  const { bin, side, gain } = search
  const threshold = bins.edges[feature]?.[bin] ?? Number.POSITIVE_INFINITY
  return { feature, bin, threshold, missingLeft: side === 1, gain }
}

/** The best split so far: codes up to `bin` go left, and missing values where `side` is 1. */
interface Search {
  histogram: Histogram
  node: NodeSums
  penalties: SplitPenalties
  gain: number
  bin: number
  side: number
}

/** Histograms got by subtraction hold rounding where no row is: less of a node's weight than this share is none. */
const NEGLIGIBLE_SHARE = 1e-10

/** Looks for a better split on one feature, by λ alone; says whether it found one. */
function scanPlain(search: Search, base: number, nEdges: number): boolean {
  const { histogram, node, penalties } = search
  const { gradient, hessian } = node
  const { lambdaL2 } = penalties
  const parentScore = (gradient * gradient) / (hessian + lambdaL2)
  const negligible = NEGLIGIBLE_SHARE * hessian
  const leastWeight = Math.max(penalties.minChildWeight, negligible)
  const missingG = histogram[base + 2 * MISSING_BIN] as number
  const missingH = histogram[base + 2 * MISSING_BIN + 1] as number
  // Without missing rows both sides are one: missing values of later rows then go right.
  const sides = missingH > negligible ? 2 : 1
  const nBins = penalties.presenceSplits === true && sides === 2 ? nEdges + 1 : nEdges
  let { gain: bestGain, bin: bestBin, side: bestSide } = search
  let found = false
  let leftG = 0
  let leftH = 0
  for (let bin = 0; bin < nBins; bin++) {
    const binG = histogram[base + 2 * bin] as number
    const binH = histogram[base + 2 * bin + 1] as number
    // An empty bin's edge parts the rows like the edge before it; below all rows it may part the missing ones off.
    if (binG === 0 && binH === 0 && leftH !== 0) continue
    leftG += binG
    leftH += binH
    const lastSide = bin === nEdges ? 1 : sides
    for (let side = 0; side < lastSide; side++) {
      const gl = side === 0 ? leftG : leftG + missingG
      const hl = side === 0 ? leftH : leftH + missingH
      const gr = gradient - gl
      const hr = hessian - hl
      if (hl < leastWeight || hr < leastWeight) continue
      const gain = (gl * gl) / (hl + lambdaL2) + (gr * gr) / (hr + lambdaL2) - parentScore
      if (gain > bestGain) {
        bestGain = gain
        bestBin = bin
        bestSide = side
        found = true
      }
    }
  }
  search.gain = bestGain
  search.bin = bestBin
  search.side = bestSide
  return found
}

/** The same under an L1 penalty, a largest step or monotone features. */
function scanBounded(search: Search, base: number, nEdges: number, feature: number): boolean {
  const { histogram, node, penalties } = search
  const { gradient, hessian, lower = Number.NEGATIVE_INFINITY, upper = Number.POSITIVE_INFINITY } = node
  const parentScore = weightScore(gradient, hessian, leafWeight(node, penalties), penalties)
  const negligible = NEGLIGIBLE_SHARE * hessian
  const leastWeight = Math.max(penalties.minChildWeight, negligible)
  const direction = penalties.monotone?.[feature] ?? 0
  const missingG = histogram[base + 2 * MISSING_BIN] as number
  const missingH = histogram[base + 2 * MISSING_BIN + 1] as number
  const sides = missingH > negligible ? 2 : 1
  const nBins = penalties.presenceSplits === true && sides === 2 ? nEdges + 1 : nEdges
  let found = false
  let leftG = 0
  let leftH = 0
  for (let bin = 0; bin < nBins; bin++) {
    leftG += histogram[base + 2 * bin] as number
    leftH += histogram[base + 2 * bin + 1] as number
    for (let side = 0; side < (bin === nEdges ? 1 : sides); side++) {
      const gl = side === 0 ? leftG : leftG + missingG
      const hl = side === 0 ? leftH : leftH + missingH
      const gr = gradient - gl
      const hr = hessian - hl
      if (hl < leastWeight || hr < leastWeight) continue
      const left = boundedWeight(gl, hl, penalties, lower, upper)
      const right = boundedWeight(gr, hr, penalties, lower, upper)
      // What is parted from missing values alone is in no order with them.
      if (bin < nEdges && direction * (right - left) < 0) continue
      const gain = weightScore(gl, hl, left, penalties) + weightScore(gr, hr, right, penalties) - parentScore
      if (gain > search.gain) {
        search.gain = gain
        search.bin = bin
        search.side = side
        found = true
      }
    }
  }
  return found
}
