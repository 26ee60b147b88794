import { sha256Hex } from '../kernel/digest.ts'
import type { GroupName, Placement } from './groups.ts'
import type { History } from './history.ts'

/** One input of the model: computed by the same function in training and in serving. */
export interface FeatureDefinition {
  name: string
  /** One sentence for people, with the unit. */
  description: string
  /** NaN where the value is missing. */
  compute(bet: Placement, history: History): number
}

/** Bets of no residual that a group's record is mixed with: a group must earn its deviation from the price. */
const PRIOR_BETS = 50

/** The same for form, which never weighs more than 1 / (1 − 0.98) = 50 bets. */
const FORM_PRIOR_BETS = 20

const GROUPS_WITH_FORM: readonly GroupName[] = ['ledger', 'sport', 'sport_market', 'book']

/** Position of the price in a feature vector: the model starts from it. */
export const MARKET_LOG_ODDS_INDEX = 0

/**
 * All features, in the order of the model's input.
 *
 * A category (sport, league, market, book) enters by the record that the bettor has in it, not by a code, so a name
 * never seen before is simply one without a record. Closing-line values are no features: they are unknown at placement.
 */
export const FEATURES: readonly FeatureDefinition[] = [
  {
    name: 'market_log_odds',
    description: 'Log-odds of the implied probability 1/decimalOdds; missing without a price.',
    compute: (bet) => (bet.decimalOdds === null ? Number.NaN : -Math.log(bet.decimalOdds - 1)),
  },
  {
    name: 'is_live',
    description: '1 where the bet is placed in play, else 0.',
    compute: (bet) => (bet.isLive ? 1 : 0),
  },
  {
    name: 'is_combined',
    description: '1 for parlays, teasers and round robins, 0 for a straight bet.',
    compute: (bet) => (bet.betType === 'straight' ? 0 : 1),
  },
  ...recordFeatures('ledger', 'all bets'),
  ...recordFeatures('sport', 'the sport'),
  ...recordFeatures('sport_market', 'the sport and market'),
  ...recordFeatures('sport_league', 'the sport and league'),
  ...recordFeatures('sport_league_market', 'the sport, league and market'),
  ...recordFeatures('book', 'the sportsbook'),
  ...recordFeatures('book_live', 'the sportsbook, in play or before'),
  ...recordFeatures('bet_type', 'the bet type'),
  ...recordFeatures('price_band', 'the band of implied probability'),
]

export const FEATURE_NAMES: readonly string[] = FEATURES.map((feature) => feature.name)

/** Identity of the feature list: names in order and the revision of their arithmetic. */
export function featuresHash(): Promise<string> {
  return sha256Hex(JSON.stringify({ revision: 1, names: FEATURE_NAMES }))
}

/** The feature vector of a bet given what is known, in the order of {@link FEATURES}, as 32-bit floats. */
export function computeFeatures(bet: Placement, history: History, out: Float32Array): Float32Array {
  for (const [i, feature] of FEATURES.entries()) out[i] = feature.compute(bet, history)
  return out
}

function recordFeatures(group: GroupName, words: string): FeatureDefinition[] {
  const residual: FeatureDefinition = {
    name: `${group}_residual`,
    description: `Mean of won − implied probability over decided bets of ${words}, mixed with ${PRIOR_BETS} bets of zero.`,
    compute: (bet, history) => {
      const tally = history.of(group, bet)
      return tally === undefined ? Number.NaN : tally.residualSum / (tally.count + PRIOR_BETS)
    },
  }
  const count: FeatureDefinition = {
    name: `${group}_count`,
    description: `ln(1 + n) of the n decided bets with a price of ${words}; 0 where there are none.`,
    compute: (bet, history) => Math.log1p(history.of(group, bet)?.count ?? 0),
  }
  const form: FeatureDefinition = {
    name: `${group}_form`,
    description: `Residual of ${words} with older bets faded by 2 % a bet, mixed with ${FORM_PRIOR_BETS} bets of zero.`,
    compute: (bet, history) => {
      const tally = history.of(group, bet)
      return tally === undefined ? Number.NaN : tally.formSum / (tally.formWeight + FORM_PRIOR_BETS)
    },
  }
  return GROUPS_WITH_FORM.includes(group) ? [residual, count, form] : [residual, count]
}
