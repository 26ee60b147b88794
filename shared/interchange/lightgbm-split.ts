import { DomainError } from '../kernel/errors.ts'
import { floorFloat32, previousFloat32 } from '../onnx/float32.ts'

/** Where a 32-bit value goes: left where it is at most `threshold`, and where it is missing as `missingLeft` says. */
export interface Split {
  readonly threshold: number
  readonly missingLeft: 0 | 1
}

/**
 * LightGBM's numeric decision in our terms, exact for every 32-bit value and for a missing one.
 *
 * Bits of the type: 1 categorical, 2 default left, 4 and 8 what counts as missing.
 * - none: a missing value stands for 0
 * - zero: a missing value and all of [−1e−35, 1e−35] go the default way. The rest goes by the threshold; together that
 *   is one threshold again where zero and its default lie on the same side, or nothing lies between zero and the
 *   threshold. Anything else would take three nodes and is refused.
 * - NaN: a missing value goes the default way
 *
 * @param decisionType  `decision_type` of the node
 * @param threshold     finite, in 64 bits: left where x ≤ threshold
 * @throws {DomainError} `categorical_split`, `zero_as_missing`; `not_lightgbm` for a type with other bits
 * @see LightGBM, `Tree::NumericalDecision` and `Tree::IsZero` in tree.h
 */
export function lightgbmSplit(decisionType: number, threshold: number, where: string): Split {
  if (decisionType & 1) {
    throw new DomainError('categorical_split', `${where} is split on categories: only numeric splits are read`)
  }
  const defaultLeft = (decisionType & 2) === 2
  const float = floorFloat32(threshold)
  switch (decisionType >> 2) {
    case 0:
      return { threshold: float, missingLeft: threshold >= 0 ? 1 : 0 }
    case 1:
      return { threshold: zeroAsMissing(float, defaultLeft, where), missingLeft: defaultLeft ? 1 : 0 }
    case 2:
      return { threshold: float, missingLeft: defaultLeft ? 1 : 0 }
    default:
      throw new DomainError('not_lightgbm', `decision type ${decisionType} of ${where}`)
  }
}

/** Half the width of the band that counts as zero, as a 32-bit float. */
const ZERO_BAND = Math.fround(1e-35)
const BELOW_BAND = previousFloat32(-ZERO_BAND)

function zeroAsMissing(threshold: number, defaultLeft: boolean, where: string): number {
  if (defaultLeft && threshold >= BELOW_BAND) return Math.max(threshold, ZERO_BAND)
  if (!defaultLeft && threshold <= ZERO_BAND) return Math.min(threshold, BELOW_BAND)
  const side = defaultLeft ? 'left' : 'right'
  const message = `${where}: zero counts as missing and goes ${side}, against its threshold ${threshold}`
  throw new DomainError('zero_as_missing', message)
}
