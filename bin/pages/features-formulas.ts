import type { FeatureDefinition } from '../../shared/features/definition.ts'

/** What a formula speaks of: a pattern of the part of a name after its group, and the formula in words. */
type Formula = readonly [pattern: RegExp, words: (...numbers: string[]) => string]

/** Symbols that formulas share. */
export const SYMBOLS: readonly { symbol: string; means: string }[] = [
  { symbol: 'r', means: 'residual of a bet: 1 if won, 0 if lost, less 1/decimal odds' },
  { symbol: 'n', means: 'bets of the group, or of its window, won or lost at a known price' },
  {
    symbol: 'k',
    means: 'weight of the ledger in bets, 20 to 1,000: large where sets of bets of this kind hardly differ',
  },
  { symbol: 'return', means: 'net return per unit staked, from −1 to at most 100' },
  { symbol: 'h', means: 'z·√(p·(1 − p)/m + z²/4m²), p = wins / m, m bets won or lost, z = 1.96' },
]

const OF_THE_BET: Readonly<Record<string, string>> = {
  market_log_odds: '−ln(decimal odds − 1)',
  implied_probability: '1 / decimal odds',
  is_live: '1 in play, 0 before',
  is_combined: '0 for straight, 1 for all other types',
  bet_type: 'place in the list of bet types, from 1',
  sport: 'place in order of first bet, from 1; 0 for a new name',
  league: 'place in order of first bet, from 1; 0 for a new name',
  market: 'place in order of first bet, from 1; 0 for a new name',
  book: 'place in order of first bet, from 1; 0 for a new name',
  day_of_week: 'days of UTC since Monday',
  hour_of_day: 'whole hours of UTC since midnight',
}

const OF_A_GROUP: readonly Formula[] = [
  [/^placed_(\d+)d$/, (days) => `placements in the last ${days} days of UTC`],
  [/^turnover_share_(\d+)d$/, (days) => `stakes in ${days} days / all stakes in ${days} days`],
  [/^share_(\d+)d$/, (days) => `placements in ${days} days / all placements in ${days} days`],
  [/^(?:hours|days)_since_last_bet$/, () => 'this placement − the last one before'],
  [/^days_since_first_bet$/, () => 'this placement − the first one'],
  [/^settlement_hours$/, () => 'mean of settlement − placement, where both are told'],
  [/^count$/, () => 'n'],
  [/^win_rate$/, () => 'wins / (wins + losses)'],
  [/^roi$/, () => 'mean return of settled bets'],
  [/^form$/, () => 'Σ r·0.98^j / (Σ 0.98^j + 20), j the results of the group since then'],
  [/^form_(\d+)d$/, (days) => `Σ r·2^(−d/${days}) / (Σ 2^(−d/${days}) + 20), d the days since the result`],
  [/^residual_last_(\d+)$/, (length) => `Σ r / (n + 10) over the last ${length} settled bets`],
  [/^residual_(\d+)d$/, (days) => `Σ r / (n + 10) over results of the last ${days} days of UTC`],
  [/^win_rate_last_(\d+)$/, (length) => `wins / (wins + losses) of the last ${length} settled bets`],
  [/^roi_last_(\d+)$/, (length) => `mean return of the last ${length} settled bets`],
  [/^(win_rate|roi)_momentum$/, (what) => `${what}_last_10 − ${what}`],
  [/^roi_deviation$/, () => '√(Σ (return − mean return)² / (bets − 1)), from 2 bets on'],
  [/^win_rate_low$/, () => '(p + z²/2m − h) / (1 + z²/m)'],
  [/^win_rate_width$/, () => '2·h / (1 + z²/m)'],
  [/^streak$/, () => 'wins since the last loss, or −(losses since the last win)'],
]

/** How a feature is worked out, in words; undefined for one that nobody has written it down for. */
export function formulaOf({ name, group }: Pick<FeatureDefinition, 'name' | 'group'>): string | undefined {
  if (group === null) return OF_THE_BET[name]
  if (name === 'ledger_residual') return 'Σ r / (n + 50)'
  const statistic = name.slice(group.length + 1)
  if (statistic === 'residual') return '(Σ r + k·ledger_residual) / (n + k)'
  for (const [pattern, words] of OF_A_GROUP) {
    const match = pattern.exec(statistic)
    if (match !== null) return words(...match.slice(1))
  }
  return undefined
}

/** The shared symbols that a formula uses. */
export function symbolsIn(formula: string): typeof SYMBOLS {
  return SYMBOLS.filter(({ symbol }) => new RegExp(`(?<![\\w.])${symbol}(?!\\w)`).test(formula))
}

/** The formula of features that are worked out alike; those of groups that differ from the last one's are named. */
export function sharedFormula(features: readonly FeatureDefinition[]): string {
  const last = features.at(-1)
  const usual = last === undefined ? undefined : formulaOf(last)
  const others = features.filter((feature) => formulaOf(feature) !== usual)
  return [usual, ...others.map((feature) => `${feature.group}: ${formulaOf(feature)}`)].join('; ')
}
