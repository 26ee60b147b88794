import { MARKET_LOG_ODDS } from '../features/families/bet.ts'
import type { GroupName } from '../features/groups.ts'

/** Groups whose record counts, and those whose form does too. */
const GROUPS_WITH_FORM: readonly GroupName[] = ['ledger', 'sport', 'sport_market', 'book']
const GROUPS: readonly GroupName[] = [
  'ledger',
  'sport',
  'sport_market',
  'sport_league',
  'sport_league_market',
  'book',
  'book_live',
  'bet_type',
  'price_band',
]

/** Codes of names: they say whose record is asked, and nothing is learned from their size. */
const CODES = ['sport', 'market'] as const

/**
 * Features that a win probability is learned from, in the order of the model's input.
 *
 * The price comes first: the model starts from it. Names enter by the record that the bettor has under them, not by
 * their codes, but for sport and market: what is learned of a code is lost on every name that comes later. On the earlier 60 % of a real ledger no
 * model with more of the features scored better (DECISIONS 28).
 */
export const WIN_PROBABILITY_INPUTS: readonly string[] = [
  MARKET_LOG_ODDS,
  'is_live',
  'is_combined',
  ...GROUPS.flatMap((group) => [
    `${group}_residual`,
    `${group}_count`,
    ...(GROUPS_WITH_FORM.includes(group) ? [`${group}_form`] : []),
  ]),
  ...CODES,
]

/** Position of the price in the model's input. */
export const MARKET_LOG_ODDS_INDEX = WIN_PROBABILITY_INPUTS.indexOf(MARKET_LOG_ODDS)

/** Positions of the codes in the model's input. */
export const SPORT_INDEX = WIN_PROBABILITY_INPUTS.indexOf('sport')
export const MARKET_INDEX = WIN_PROBABILITY_INPUTS.indexOf('market')

/** Whether a column holds codes. */
export function isCode(column: number): boolean {
  return column === SPORT_INDEX || column === MARKET_INDEX
}
