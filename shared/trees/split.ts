import type { Bins } from './binning.ts'
import { MISSING_BIN } from './binning.ts'
import type { Histogram } from './histogram.ts'
import { slotOffset } from './histogram.ts'

/** What limits and penalises a tree. */
export interface SplitPenalties {
  /** L2 penalty on leaf values, ≥ 0. */
  lambdaL2: number
  /** Least gain that a split must bring, ≥ 0. */
  gamma: number
  /** Least sum of Hessians on each side of a split, ≥ 0. */
  minChildWeight: number
}

/** The best way to part a node's rows. */
export interface Split {
  feature: number
  /** Codes at most this go left. */
  bin: number
  threshold: number
  missingLeft: boolean
  gain: number
}

interface Sums {
  gradient: number
  hessian: number
}

/**
 * Finds the split of largest gain over all features and bins, trying missing values on either side.
 *
 * gain = GL²/(HL+λ) + GR²/(HR+λ) − G²/(H+λ), with G, H the sums of gradients and Hessians left, right and in the node:
 * twice the loss that the split takes away, without the ½ of the reference, as XGBoost reports it.
 *
 * @returns undefined where no split gains more than gamma with enough weight on both sides
 * @see T. Chen, C. Guestrin, "XGBoost: A Scalable Tree Boosting System", KDD 2016, eq. 7
 */
export function findSplit(
  histogram: Histogram,
  features: Int32Array,
  bins: Bins,
  node: Sums,
  penalties: SplitPenalties,
): Split | undefined {
  const { lambdaL2, gamma, minChildWeight } = penalties
  const parentScore = (node.gradient * node.gradient) / (node.hessian + lambdaL2)
  let best: Split | undefined
  let bestGain = Math.max(gamma, 1e-9)
  // Histograms got by subtraction hold rounding where no row is: less weight than this is none.
  const negligible = 1e-10 * node.hessian
  const leastWeight = Math.max(minChildWeight, negligible)
  for (let slot = 0; slot < features.length; slot++) {
    const feature = features[slot] as number
    const edges = bins.edges[feature] as Float32Array
    const base = slotOffset(slot)
    const missingG = histogram[base + 2 * MISSING_BIN] as number
    const missingH = histogram[base + 2 * MISSING_BIN + 1] as number
    let leftG = 0
    let leftH = 0
    for (let bin = 0; bin < edges.length; bin++) {
      leftG += histogram[base + 2 * bin] as number
      leftH += histogram[base + 2 * bin + 1] as number
      for (let side = 0; side < 2; side++) {
        // Without missing rows both sides are one: missing values of later rows then go right.
        if (side === 1 && missingH <= negligible) break
        const gl = leftG + side * missingG
        const hl = leftH + side * missingH
        const gr = node.gradient - gl
        const hr = node.hessian - hl
        if (hl < leastWeight || hr < leastWeight) continue
        const gain = (gl * gl) / (hl + lambdaL2) + (gr * gr) / (hr + lambdaL2) - parentScore
        if (gain > bestGain) {
          bestGain = gain
          best = { feature, bin, threshold: edges[bin] as number, missingLeft: side === 1, gain }
        }
      }
    }
  }
  return best
}
