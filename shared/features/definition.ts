import type { GroupName } from './groups.ts'
import type { View } from './view.ts'

/** `categorical` values are codes of names, `temporal` ones tell when, `boolean` ones are 0 or 1. */
export const FEATURE_TYPES = ['categorical', 'numerical', 'boolean', 'temporal'] as const
export type FeatureType = (typeof FEATURE_TYPES)[number]

/**
 * `batch`: from the history alone. `streaming`: from the bet alone. `hybrid`: from the history and the moment of the
 * question.
 */
export const COMPUTATION_MODES = ['batch', 'streaming', 'hybrid'] as const
export type ComputationMode = (typeof COMPUTATION_MODES)[number]

/**
 * What stands in the vector where a value cannot be had: no history, or one that nobody has looked at for longer than the
 * feature's time to live.
 *
 * `missing`: not a number, and the model has learned which way such rows go. `zero`: the count of nothing.
 */
export const MISSING_POLICIES = ['missing', 'zero'] as const
export type MissingPolicy = (typeof MISSING_POLICIES)[number]

/** What a feature's value stands on. */
export interface Evidence {
  /** Bets behind the value; 0 where it comes from the bet itself. */
  bets: number
  /** Latest event behind it, milliseconds since the epoch; NaN where there is none. */
  latestAtMs: number
}

/** What a feature is: the same entry names the training column, the served value, the documentation and the metadata row. */
export interface FeatureDefinition {
  name: string
  /** A sentence for people. */
  description: string
  type: FeatureType
  mode: ComputationMode
  /** Whose history it tells; null where the bet itself does. */
  group: GroupName | null
  /** Fields of the bet, or other features, that it is made from. */
  dependsOn: readonly string[]
  /** Milliseconds after the last look at the ledger from which the value counts as unknown; null: never. */
  ttlMs: number | null
  unit: string
  missing: MissingPolicy
  /** Raised when the arithmetic changes: a model learned from another version does not fit. */
  version: number
  /** Names that other systems give to the same quantity. */
  formerly: readonly string[]
  evidence(view: View): Evidence
}

/** Features that are worked out together, since they look at the same things. */
export interface FeatureBlock {
  features: readonly FeatureDefinition[]
  /** The group that they look at, as {@link ComputeBlocks} is told it. */
  group: number
  /** Shared by the blocks that tell the same of different groups. */
  compute: ComputeBlocks
}

/**
 * Writes the values of one block after the other to `out` from `at`: those of each group, in the order of the block's
 * features. All blocks of a kind in one call, since a call costs as much as a few values.
 *
 * @param groups  positions in {@link import('./groups.ts').GROUP_NAMES}
 */
export type ComputeBlocks = (
  view: View,
  groups: ArrayLike<number>,
  out: Float32Array | Float64Array,
  at: number,
) => void

/** The value of a feature by its missing policy. */
export function valueWhereMissing({ missing }: Pick<FeatureDefinition, 'missing'>): number {
  return missing === 'zero' ? 0 : Number.NaN
}
