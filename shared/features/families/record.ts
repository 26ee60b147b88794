import type { FeatureBlock, FeatureDefinition } from '../definition.ts'
import { fadeOverDays, HALF_LIFE_DAYS } from '../fading.ts'
import type { GroupName } from '../groups.ts'
import { GROUP_INDEX } from '../groups.ts'
import type { GroupState } from '../state.ts'
import type { Tally } from '../tally.ts'
import { DECIDED, PRICED, RESIDUAL, RETURN, RETURNED, UNIT, WINS } from '../totals.ts'
import type { View } from '../view.ts'
import { LEDGER_PRIOR_BETS } from '../view.ts'
import { decidedBets, fromHistory, PRICED_RESULT, pricedBets, RETURN_FIELDS, returnedBets } from './history.ts'

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
  const g = GROUP_INDEX[group]
  const residualOf = group === 'ledger' ? ledgerResidual : shrunkResidual
  return {
    features: recordFeatures(group),
    compute(view, out, at) {
      const { totals, fading } = view.tallies[g] as Tally
      const isEmpty = fading.betWeight === 0
      const fade = isEmpty ? 0 : fadeOverDays(view.day - fading.day)
      out[at] = totals[PRICED] as number
      out[at + 1] = residualOf(view, g)
      // 0/0 where nothing was decided, or no return is known: missing.
      out[at + 2] = (totals[WINS] as number) / (totals[DECIDED] as number)
      out[at + 3] = (totals[RETURN] as number) / UNIT / (totals[RETURNED] as number)
      out[at + 4] = isEmpty ? Number.NaN : fading.betSum / (fading.betWeight + FORM_PRIOR_BETS)
      out[at + 5] = isEmpty ? Number.NaN : (fading.daySum * fade) / (fading.dayWeight * fade + FORM_PRIOR_BETS)
    },
  }
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

function ledgerResidual(view: View, g: number): number {
  return (view.tallies[g] as Tally).totals[PRICED] === 0 ? Number.NaN : view.ledgerResidual
}

/**
 * (S + k·μ)/(n + k), with μ the whole ledger's mean residual and k by empirical Bayes
 * ({@link import('../shrinkage.ts').priorBets}).
 */
function shrunkResidual(view: View, g: number): number {
  const { totals } = view.tallies[g] as Tally
  const n = totals[PRICED] as number
  const { priorBets: k } = view.groups[g] as GroupState
  return n === 0 ? Number.NaN : ((totals[RESIDUAL] as number) / UNIT + k * view.ledgerResidual) / (n + k)
}
