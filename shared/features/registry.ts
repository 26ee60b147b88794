import { sha256Hex } from '../kernel/digest.ts'
import type { FeatureBlock, FeatureDefinition } from './definition.ts'
import { ACTIVITY_BLOCK } from './families/activity.ts'
import { BET_BLOCK } from './families/bet.ts'
import { marketFormBlock } from './families/market-form.ts'
import { recordBlock } from './families/record.ts'
import { windowBlock } from './families/windows.ts'
import { GROUP_NAMES } from './groups.ts'

/**
 * All features, each once.
 *
 * Closing-line values are none of them: they are not known when a bet is placed.
 */
export const FEATURE_BLOCKS: readonly FeatureBlock[] = [
  BET_BLOCK,
  ACTIVITY_BLOCK,
  ...GROUP_NAMES.map(recordBlock),
  ...GROUP_NAMES.map(windowBlock),
  marketFormBlock('sport_market'),
  marketFormBlock('sport_league_market'),
]

/** What each feature is, in the order of the features layer's columns. */
export const FEATURES: readonly FeatureDefinition[] = FEATURE_BLOCKS.flatMap(({ features }) => features)

export const FEATURE_NAMES: readonly string[] = FEATURES.map((feature) => feature.name)

/** Raised when tallies, groups or the order of events change, so that states stored before are made anew. */
const STATE_REVISION = 2

/** Identity of a list of features: names in order and the version of each one's arithmetic and of the state beneath. */
export function featuresHash(features: readonly Pick<FeatureDefinition, 'name' | 'version'>[]): Promise<string> {
  return sha256Hex(JSON.stringify([STATE_REVISION, ...features.map(({ name, version }) => [name, version])]))
}

/** Identity of the features layer and of stored states: that of all features. */
export function layerHash(): Promise<string> {
  return featuresHash(FEATURES)
}
