import { Z_95 } from '../../kernel/numeric.ts'
import type { FeatureBlock, FeatureDefinition } from '../definition.ts'
import type { GroupName } from '../groups.ts'
import { GROUP_INDEX } from '../groups.ts'
import type { Tally } from '../tally.ts'
import { lastSum } from '../tally.ts'
import { DECIDED, RETURN, RETURN_SQUARES, RETURNED, SQUARE_UNIT, STREAK, UNIT, WINS } from '../totals.ts'
import type { View } from '../view.ts'
import { decidedBets, fromHistory, RECENT_TTL_MS, RETURN_FIELDS, returnedBets } from './history.ts'

/** Names that the market model of the system before gave to what sport, league and market have done. */
const MARKET_MODEL_NAMES: Readonly<Record<string, readonly string[]>> = {
  win_rate_last_10: ['last10_winrate'],
  roi_last_10: ['last10_roi'],
  win_rate_last_20: ['last20_winrate'],
  roi_last_20: ['last20_roi'],
  win_rate_momentum: ['winrate_momentum'],
  roi_momentum: ['roi_momentum'],
  roi_deviation: ['roi_std'],
  win_rate_low: ['ci_lower'],
  win_rate_width: ['ci_width'],
  streak: ['current_streak'],
}

/** How a market has run lately against its own past, and how well its win rate is known. */
export function marketFormBlock(group: GroupName): FeatureBlock {
  return { features: marketFormFeatures(group), group: GROUP_INDEX[group], compute: computeMarketForms }
}

const VALUES = 10

function computeMarketForms(view: View, groups: ArrayLike<number>, out: Float32Array | Float64Array, at: number): void {
  for (let b = 0; b < groups.length; b++) {
    const tally = view.tallies[groups[b] as number] as Tally
    const { numbers } = tally
    const wins = numbers[WINS] as number
    const decided = numbers[DECIDED] as number
    const { low, high } = wilson(wins, decided)
    const winRateOfTen = winRateOfLast(tally, 10)
    const roiOfTen = roiOfLast(tally, 10)
    const i = at + b * VALUES
    out[i] = winRateOfTen
    out[i + 1] = roiOfTen
    out[i + 2] = winRateOfLast(tally, 20)
    out[i + 3] = roiOfLast(tally, 20)
    out[i + 4] = winRateOfTen - wins / decided
    out[i + 5] = roiOfTen - (numbers[RETURN] as number) / UNIT / (numbers[RETURNED] as number)
    out[i + 6] = returnDeviation(numbers)
    out[i + 7] = low
    out[i + 8] = high - low
    out[i + 9] = numbers[STREAK] as number
  }
}

function marketFormFeatures(group: GroupName): FeatureDefinition[] {
  const ofWins = { unit: 'share', dependsOn: ['state'], bets: decidedBets }
  const ofReturns = { unit: 'return per unit', dependsOn: RETURN_FIELDS, bets: returnedBets }
  const recent = { ttlMs: RECENT_TTL_MS }
  const latest = [10, 20].flatMap((length) => {
    const settled = `last ${length} settled bets`
    return [
      {
        ...{ ...ofWins, ...recent, suffix: `win_rate_last_${length}` },
        bets: (tally: Tally) => lastSum(tally, length, DECIDED),
        words: `Wins per decided bet among the ${settled}`,
      },
      {
        ...{ ...ofReturns, ...recent, suffix: `roi_last_${length}` },
        bets: (tally: Tally) => lastSum(tally, length, RETURNED),
        words: `Mean net return per unit of the ${settled}`,
      },
    ]
  })
  const entries = [
    ...latest,
    {
      ...{ ...ofWins, ...recent, suffix: 'win_rate_momentum' },
      words: 'Win rate of the last 10 settled bets less that of all',
      dependsOn: [`${group}_win_rate_last_10`, `${group}_win_rate`],
    },
    {
      ...{ ...ofReturns, ...recent, suffix: 'roi_momentum' },
      words: 'Mean return of the last 10 settled bets less that of all',
      dependsOn: [`${group}_roi_last_10`, `${group}_roi`],
    },
    { ...ofReturns, suffix: 'roi_deviation', words: 'Sample standard deviation of the returns per unit' },
    { ...ofWins, suffix: 'win_rate_low', words: 'Lower end of the 95 % Wilson interval of the win rate' },
    { ...ofWins, suffix: 'win_rate_width', words: 'Width of the 95 % Wilson interval of the win rate' },
    {
      ...{ ...recent, suffix: 'streak', unit: 'bets', dependsOn: ['state'], missing: 'zero' as const },
      bets: decidedBets,
      words: 'Wins in a row up to now, losses as a negative number,',
    },
  ]
  return entries.map((entry) => fromHistory(group, { ...entry, formerly: formerNames(group, entry.suffix) }))
}

function formerNames(group: GroupName, suffix: string): readonly string[] {
  if (group === 'sport_market') return suffix === 'win_rate_last_10' ? ['recent_win_rate'] : []
  return MARKET_MODEL_NAMES[suffix] ?? []
}

/** Wins per decided bet among the last settled bets; NaN without any. */
export function winRateOfLast(tally: Tally, length: number): number {
  return lastSum(tally, length, WINS) / lastSum(tally, length, DECIDED)
}

/** Mean net return per unit of the last settled bets; NaN without any. */
export function roiOfLast(tally: Tally, length: number): number {
  return lastSum(tally, length, RETURN) / UNIT / lastSum(tally, length, RETURNED)
}

/** Sample standard deviation of the returns behind totals; NaN for fewer than two. */
export function returnDeviation(totals: Float64Array): number {
  const n = totals[RETURNED] as number
  if (n < 2) return Number.NaN
  const sum = (totals[RETURN] as number) / UNIT
  const squares = (totals[RETURN_SQUARES] as number) / SQUARE_UNIT
  return Math.sqrt(Math.max(0, squares - (sum * sum) / n) / (n - 1))
}

/**
 * Wilson score interval of a share at 95 %; NaN without any.
 *
 * @see E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22, 1927
 */
export function wilson(wins: number, n: number): { low: number; high: number } {
  if (n === 0) return { low: Number.NaN, high: Number.NaN }
  const share = wins / n
  const z2 = Z_95 * Z_95
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n)
  const half = (Z_95 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}
