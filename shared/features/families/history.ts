import type { Evidence, FeatureDefinition } from '../definition.ts'
import type { GroupName } from '../groups.ts'
import { GROUP_INDEX, GROUPS } from '../groups.ts'
import type { Tally } from '../tally.ts'
import { DECIDED, LAST_KNOWN_AT, PRICED, RETURNED } from '../totals.ts'

const HOUR_MS = 3_600_000

/** A record over everything, or fading slowly, says much the same a day later. */
export const RECORD_TTL_MS = 24 * HOUR_MS

/** What the latest bets say is old when the pipeline, made for every hour, has been silent for six. */
export const RECENT_TTL_MS = 6 * HOUR_MS

/** Fields that a residual is made from, and a return. */
export const PRICED_RESULT = ['state', 'decimal_odds']
export const RETURN_FIELDS = ['state', 'stake', 'profit', 'is_free_bet', 'return_per_unit', 'decimal_odds']

/** What a group is called in a sentence. */
const GROUP_WORDS: Readonly<Record<GroupName, string>> = {
  ledger: 'all bets',
  sport: 'the sport',
  market: 'the market, in any sport',
  live: 'bets in play, or of those before, as this one is',
  sport_market: 'the sport and market',
  sport_league: 'the sport and league',
  sport_league_market: 'the sport, league and market',
  book: 'the sportsbook',
  book_live: 'the sportsbook, in play or before as this one is',
  bet_type: 'the bet type',
  price_band: 'bets in its band of implied probability',
}

/** What of a feature over a group's history differs from the usual. */
interface HistoryEntry extends Partial<FeatureDefinition> {
  /** Appended to the group's name. */
  suffix: string
  /** Sentence without its end: "of the sport" is added. */
  words: string
  unit: string
  dependsOn: readonly string[]
  /** Bets that the value stands on. */
  bets(tally: Tally): number
  /** Latest event behind it; the latest result where not said. */
  latest?(tally: Tally): number
}

/** A feature that tells the history of a group. */
export function fromHistory(group: GroupName, entry: HistoryEntry): FeatureDefinition {
  const g = GROUP_INDEX[group]
  const { suffix, words, bets: betsBehind, latest = latestResult, dependsOn, ...rest } = entry
  const fields = GROUPS[group].map((field) => (field === 'price_band' ? 'decimal_odds' : field))
  return {
    name: `${group}_${suffix}`,
    description: `${words} of ${GROUP_WORDS[group]}.`,
    type: 'numerical',
    mode: 'batch',
    group,
    dependsOn: [...new Set([...fields, ...dependsOn])],
    ttlMs: RECORD_TTL_MS,
    missing: 'missing',
    version: 1,
    formerly: [],
    evidence: ({ tallies }): Evidence => {
      const tally = tallies[g] as Tally
      const bets = betsBehind(tally)
      return { bets, latestAtMs: bets === 0 ? Number.NaN : latest(tally) }
    },
    ...rest,
  }
}

/** Bets won or lost at a known price. */
export function pricedBets({ numbers }: Tally): number {
  return numbers[PRICED] as number
}

/** Bets won or lost. */
export function decidedBets({ numbers }: Tally): number {
  return numbers[DECIDED] as number
}

/** Settled bets whose net return is known. */
export function returnedBets({ numbers }: Tally): number {
  return numbers[RETURNED] as number
}

function latestResult({ numbers }: Tally): number {
  return numbers[LAST_KNOWN_AT] as number
}
