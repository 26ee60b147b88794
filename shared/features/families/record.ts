import type { FeatureBlock, FeatureDefinition } from '../definition.ts'
import { fadeOverDays, HALF_LIFE_DAYS } from '../fading.ts'
import type { GroupName } from '../groups.ts'
import { GROUP_INDEX } from '../groups.ts'
import type { GroupState } from '../state.ts'
import type { Tally } from '../tally.ts'
import {
  BET_SUM,
  BET_WEIGHT,
  DAY_SUM,
  DAY_WEIGHT,
  DECIDED,
  FADING_DAY,
  PRICED,
  RESIDUAL,
  RETURN,
  RETURNED,
  UNIT,
  WINS,
} from '../totals.ts'
import type { View } from '../view.ts'
import { LEDGER_PRIOR_BETS } from '../view.ts'
import { decidedBets, fromHistory, PRICED_RESULT, pricedBets, RETURN_FIELDS, returnedBets } from './history.ts'

const LEDGER = GROUP_INDEX.ledger

/** Bets of no residual that a form is mixed with. */
const FORM_PRIOR_BETS = 20

const FORMER_NAMES: Readonly<Record<string, readonly string[]>> = {
  sport_win_rate: ['sport_win_rate'],
  sport_roi: ['sport_roi'],
  sport_market_win_rate: ['sport_market_win_rate'],
  sport_market_roi: ['sport_market_roi'],
  sport_market_count: ['sport_market_count'],
  sport_league_win_rate: ['sport_league_win_rate'],
  sport_league_roi: ['sport_league_roi'],
  sport_league_market_win_rate: ['sport_league_market_win_rate', 'hist_winrate'],
  sport_league_market_roi: ['sport_league_market_roi', 'hist_roi'],
  sport_league_market_count: ['hist_bets'],
  book_win_rate: ['institution_name_win_rate'],
  book_roi: ['institution_name_roi'],
  book_count: ['institution_name_count'],
}

/** What a group has done over its whole history, expanding and fading. */
export function recordBlock(group: GroupName): FeatureBlock {
  return { features: recordFeatures(group), group: GROUP_INDEX[group], compute: computeRecords }
}

const VALUES = 6

function computeRecords(view: View, groups: ArrayLike<number>, out: Float32Array | Float64Array, at: number): void {
  const { tallies, day } = view
  for (let b = 0; b < groups.length; b++) {
    const g = groups[b] as number
    const { numbers } = tallies[g] as Tally
    const i = at + b * VALUES
    const n = numbers[PRICED] as number
    out[i] = n
    out[i + 1] = n === 0 ? Number.NaN : g === LEDGER ? view.ledgerResidual : shrunkResidual(view, g, numbers)
    // 0/0 where nothing was decided, or no return is known: missing.
    out[i + 2] = (numbers[WINS] as number) / (numbers[DECIDED] as number)
    out[i + 3] = (numbers[RETURN] as number) / UNIT / (numbers[RETURNED] as number)
    if (n === 0) {
      out[i + 4] = Number.NaN
      out[i + 5] = Number.NaN
    } else {
      const fade = fadeOverDays(day - (numbers[FADING_DAY] as number))
      out[i + 4] = (numbers[BET_SUM] as number) / ((numbers[BET_WEIGHT] as number) + FORM_PRIOR_BETS)
      out[i + 5] = ((numbers[DAY_SUM] as number) * fade) / ((numbers[DAY_WEIGHT] as number) * fade + FORM_PRIOR_BETS)
    }
  }
}

/**
 * (S + k·μ)/(n + k), with μ the whole ledger's mean residual and k by empirical Bayes
 * ({@link import('../shrinkage.ts').priorBets}).
 */
function shrunkResidual({ groups, ledgerResidual }: View, g: number, numbers: Float64Array): number {
  const { priorBets: k } = groups[g] as GroupState
  return ((numbers[RESIDUAL] as number) / UNIT + k * ledgerResidual) / ((numbers[PRICED] as number) + k)
}

function recordFeatures(group: GroupName): FeatureDefinition[] {
  const residualWords =
    group === 'ledger'
      ? `Mean residual (won − 1/price), mixed with ${LEDGER_PRIOR_BETS} bets of zero,`
      : "Mean residual (won − 1/price), shrunk towards the whole ledger's by empirical Bayes,"
  const entries = [
    {
      ...{ suffix: 'count', words: 'Bets won or lost at a known price', unit: 'bets', dependsOn: PRICED_RESULT },
      ...{ missing: 'zero' as const, bets: pricedBets },
    },
    {
      ...{ suffix: 'residual', words: residualWords, unit: 'probability', bets: pricedBets },
      dependsOn: group === 'ledger' ? PRICED_RESULT : [...PRICED_RESULT, 'ledger_residual'],
    },
    {
      ...{ suffix: 'win_rate', words: 'Wins per bet won or lost', unit: 'share' },
      ...{ dependsOn: ['state'], bets: decidedBets },
    },
    {
      ...{ suffix: 'roi', words: 'Mean net return per unit staked, single returns cut at 100,' },
      ...{ unit: 'return per unit', dependsOn: RETURN_FIELDS, bets: returnedBets },
    },
    {
      suffix: 'form',
      words: `Mean residual (won − 1/price) with a result fading by 2 % with each one after it, mixed with ${FORM_PRIOR_BETS} bets of zero,`,
      ...{ unit: 'probability', dependsOn: PRICED_RESULT, bets: pricedBets },
    },
    {
      suffix: 'form_30d',
      words: `Mean residual (won − 1/price) with a result counting half after ${HALF_LIFE_DAYS} days, mixed with ${FORM_PRIOR_BETS} bets of zero,`,
      ...{ unit: 'probability', mode: 'hybrid' as const, dependsOn: [...PRICED_RESULT, 'placed_at'], bets: pricedBets },
    },
  ]
  return entries.map((entry) =>
    fromHistory(group, { ...entry, formerly: FORMER_NAMES[`${group}_${entry.suffix}`] ?? [] }),
  )
}
