import { DomainError } from '../kernel/errors.ts'
import type { GrowParams } from './grow.ts'

/**
 * Throws where a setting of a tree is outside its range.
 *
 * @throws {DomainError} `parameter_out_of_range` with the setting as `field`; `monotone_length`, `monotone_direction`
 */
export function assertGrowParams(params: GrowParams, nFeatures: number): void {
  assertSetting('maxDepth', params.maxDepth, wholeFrom(1))
  assertSetting('learningRate', params.learningRate, SHARE)
  assertSetting('lambdaL2', params.lambdaL2, NOT_NEGATIVE)
  assertSetting('alphaL1', params.alphaL1 ?? 0, NOT_NEGATIVE)
  assertSetting('gamma', params.gamma, NOT_NEGATIVE)
  assertSetting('minChildWeight', params.minChildWeight, NOT_NEGATIVE)
  assertSetting('maxDeltaStep', params.maxDeltaStep ?? 1, POSITIVE)
  assertSetting('numLeaves', params.numLeaves ?? 2, wholeFrom(2))
  assertSetting('colsamplePerNode', params.colsamplePerNode ?? 1, SHARE)
  if (params.monotone !== undefined) assertMonotone(params.monotone, nFeatures)
}

/** What a setting may be. */
export interface SettingRange {
  wanted: string
  holds(value: number): boolean
}

export const SHARE: SettingRange = { wanted: 'in (0, 1]', holds: (value) => value > 0 && value <= 1 }

const NOT_NEGATIVE: SettingRange = {
  wanted: 'finite and not negative',
  holds: (value) => value >= 0 && value < Infinity,
}

const POSITIVE: SettingRange = { wanted: 'finite and above 0', holds: (value) => value > 0 && value < Infinity }

export function wholeFrom(least: number): SettingRange {
  return { wanted: `a whole number of at least ${least}`, holds: (value) => Number.isInteger(value) && value >= least }
}

/** @throws {DomainError} `parameter_out_of_range` */
export function assertSetting(name: string, value: number, range: SettingRange): void {
  if (range.holds(value)) return
  throw new DomainError('parameter_out_of_range', `${name} ${value}: must be ${range.wanted}`, { field: name })
}

function assertMonotone(monotone: ArrayLike<number>, nFeatures: number): void {
  if (monotone.length !== nFeatures) {
    throw new DomainError('monotone_length', `${monotone.length} monotone directions for ${nFeatures} features`)
  }
  for (let f = 0; f < nFeatures; f++) {
    const direction = monotone[f]
    if (direction !== 1 && direction !== 0 && direction !== -1) {
      throw new DomainError('monotone_direction', `monotone direction ${direction} of feature ${f}: must be 1, 0 or −1`)
    }
  }
}
