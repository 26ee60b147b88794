import { BET_TYPES } from '../../bets/bet.ts'
import type { FeatureBlock, FeatureDefinition } from '../definition.ts'
import { GROUP_INDEX } from '../groups.ts'
import { NO_KEY } from '../state.ts'
import type { FieldNames, NamedField } from '../vocabulary.ts'
import { isSeen, UNKNOWN_CODE } from '../vocabulary.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** 1 January 1970 was a Thursday, the fourth day from Monday. */
const THURSDAY = 3

const STRAIGHT = BET_TYPES.indexOf('straight')

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
  group: GROUP_INDEX.ledger,
  compute(view, _, out, at) {
    const { bet, day, codes, vocabulary } = view
    const decimalOdds = bet.decimalOdds ?? Number.NaN
    let i = at
    // Less than nothing, as evens would be by a change of sign, is not the same bits as nothing.
    out[i++] = 0 - Math.log(decimalOdds - 1)
    out[i++] = 1 / decimalOdds
    out[i++] = bet.isLive ? 1 : 0
    const betType = BET_TYPES.indexOf(bet.betType)
    out[i++] = betType === STRAIGHT ? 0 : 1
    out[i++] = betType + 1
    out[i++] = seenCode(vocabulary.sport, codes.sport, bet.sport)
    out[i++] = seenCode(vocabulary.league, codes.league, bet.league)
    out[i++] = seenCode(vocabulary.market, codes.market, bet.market)
    out[i++] = seenCode(vocabulary.book, codes.book, bet.book)
    out[i++] = (((day + THURSDAY) % 7) + 7) % 7
    out[i] = Math.floor((bet.placedAtMs - day * DAY_MS) / HOUR_MS)
  },
}

function seenCode(field: FieldNames, code: number, name: string | null): number {
  if (name === null) return Number.NaN
  return code !== NO_KEY && isSeen(field, code) ? code : UNKNOWN_CODE
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
