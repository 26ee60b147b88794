import { BET_TYPES } from '../../bets/bet.ts'
import type { FeatureBlock, FeatureDefinition } from '../definition.ts'
import type { View } from '../view.ts'
import type { NamedField } from '../vocabulary.ts'
import { isSeen, UNKNOWN_CODE } from '../vocabulary.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** 1 January 1970 was a Thursday, the fourth day from Monday. */
const THURSDAY = 3

/** The price as models start from it. */
export const MARKET_LOG_ODDS = 'market_log_odds'

/** What the bet itself says: known at once, never stale. */
export const BET_BLOCK: FeatureBlock = {
  features: [
    fromBet({
      name: MARKET_LOG_ODDS,
      description: 'Log-odds of the implied probability: −ln(decimalOdds − 1).',
      dependsOn: ['decimal_odds'],
      unit: 'log-odds',
    }),
    fromBet({
      name: 'implied_probability',
      description: 'Probability that the price implies, margin included: 1/decimalOdds.',
      dependsOn: ['decimal_odds'],
      unit: 'probability',
      formerly: ['implied_prob'],
    }),
    fromBet({
      name: 'is_live',
      description: '1 where the bet is placed in play.',
      type: 'boolean',
      dependsOn: ['is_live'],
      unit: '0 or 1',
      formerly: ['is_live'],
    }),
    fromBet({
      name: 'is_combined',
      description: '1 for parlays, teasers and round robins.',
      type: 'boolean',
      dependsOn: ['bet_type'],
      unit: '0 or 1',
    }),
    fromBet({
      name: 'bet_type',
      description: `Type of the bet: ${BET_TYPES.map((type, i) => `${i + 1} ${type}`).join(', ')}.`,
      type: 'categorical',
      dependsOn: ['bet_type'],
      unit: 'code',
      formerly: ['bet_type_encoded'],
    }),
    fromName('sport', 'sport_encoded'),
    fromName('league', 'league_encoded'),
    fromName('market', 'market_encoded'),
    fromName('book', 'institution_name_encoded'),
    fromBet({
      name: 'day_of_week',
      description: 'Day of the week of the placement in UTC: 0 Monday to 6 Sunday.',
      type: 'temporal',
      dependsOn: ['placed_at'],
      unit: 'day',
      formerly: ['day_of_week'],
    }),
    fromBet({
      name: 'hour_of_day',
      description: 'Hour of the day of the placement in UTC, 0 to 23.',
      type: 'temporal',
      dependsOn: ['placed_at'],
      unit: 'hour',
      formerly: ['hour_of_day'],
    }),
  ],
  compute(view, out, at) {
    const { bet, day } = view
    const decimalOdds = bet.decimalOdds ?? Number.NaN
    let i = at
    // Less than nothing, as evens would be by a change of sign, is not the same bits as nothing.
    out[i++] = 0 - Math.log(decimalOdds - 1)
    out[i++] = 1 / decimalOdds
    out[i++] = bet.isLive ? 1 : 0
    out[i++] = bet.betType === 'straight' ? 0 : 1
    out[i++] = BET_TYPES.indexOf(bet.betType) + 1
    out[i++] = nameCode(view, 'sport')
    out[i++] = nameCode(view, 'league')
    out[i++] = nameCode(view, 'market')
    out[i++] = nameCode(view, 'book')
    out[i++] = (((day + THURSDAY) % 7) + 7) % 7
    out[i] = Math.floor((bet.placedAtMs - day * DAY_MS) / HOUR_MS)
  },
}

function nameCode({ bet, vocabulary }: View, field: NamedField): number {
  const name = bet[field]
  if (name === null) return Number.NaN
  const code = vocabulary[field].codes.get(name)
  return code !== undefined && isSeen(vocabulary[field], code) ? code : UNKNOWN_CODE
}

function fromName(field: NamedField, formerName: string): FeatureDefinition {
  return fromBet({
    name: field,
    description: `Code of the ${field}'s name, which it keeps for ever; 0 where no earlier bet bears it.`,
    type: 'categorical',
    mode: 'hybrid',
    dependsOn: [field],
    unit: 'code',
    formerly: [formerName],
  })
}

function fromBet(
  entry: Pick<FeatureDefinition, 'name' | 'description' | 'dependsOn' | 'unit'> & Partial<FeatureDefinition>,
): FeatureDefinition {
  return {
    type: 'numerical',
    mode: 'streaming',
    group: null,
    ttlMs: null,
    missing: 'missing',
    version: 1,
    formerly: [],
    evidence: () => ({ bets: 0, latestAtMs: Number.NaN }),
    ...entry,
  }
}
