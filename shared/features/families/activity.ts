import { DAY_WINDOWS, dayWindowSum } from '../day-marks.ts'
import type { FeatureBlock, FeatureDefinition } from '../definition.ts'
import type { GroupName } from '../groups.ts'
import { GROUP_INDEX } from '../groups.ts'
import type { Tally } from '../tally.ts'
import { FIRST_PLACED_AT, LAST_PLACED_AT, MINUTES, PLACED, STAKE, TIMED } from '../totals.ts'
import { fromHistory, RECENT_TTL_MS } from './history.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const { ledger: LEDGER, market: MARKET, book: BOOK, sport_market: SPORT_MARKET } = GROUP_INDEX

const WEEK = DAY_WINDOWS.indexOf(7)
const MONTH = DAY_WINDOWS.indexOf(30)

/** A bet is on a market, and at a book. */
const SIDE = { market: 'on', book: 'at' } as const

/** How much, how lately and where the bettor bets. */
export const ACTIVITY_BLOCK: FeatureBlock = {
  features: [
    placed('ledger', 7, WEEK),
    placed('ledger', 30, MONTH),
    placed('sport_market', 30, MONTH),
    placed('book', 30, MONTH),
    share('market', ['market_popularity_norm']),
    share('book', []),
    turnoverShare('market'),
    turnoverShare('book'),
    fromPlacements('ledger', {
      ...{ suffix: 'hours_since_last_bet', description: 'Hours since the bettor placed a bet.' },
      ...{ type: 'temporal', unit: 'hours' },
    }),
    fromPlacements('ledger', {
      ...{ suffix: 'days_since_first_bet', description: 'Days since the first bet of the ledger was placed.' },
      ...{ type: 'temporal', unit: 'days', ttlMs: null, formerly: ['days_since_first_bet'] },
    }),
    fromPlacements('sport_market', {
      ...{ suffix: 'days_since_last_bet', description: 'Days since a bet on the sport and market was placed.' },
      ...{ type: 'temporal', unit: 'days', formerly: ['days_since_prev_bet'] },
    }),
    fromHistory('sport_market', {
      ...{ suffix: 'settlement_hours', words: 'Mean hours from placement to settlement, where the source tells it,' },
      ...{ unit: 'hours', dependsOn: ['placed_at', 'settled_at'] },
      bets: ({ numbers }) => numbers[TIMED] as number,
    }),
  ],
  group: LEDGER,
  compute({ tallies, bet }, _, out, at) {
    const ledger = (tallies[LEDGER] as Tally).numbers
    const market = (tallies[MARKET] as Tally).numbers
    const book = (tallies[BOOK] as Tally).numbers
    const sportMarket = (tallies[SPORT_MARKET] as Tally).numbers
    const { placedAtMs } = bet
    const betsInMonth = monthOf(ledger, PLACED)
    const turnoverInMonth = monthOf(ledger, STAKE)
    let i = at
    out[i++] = dayWindowSum(ledger, WEEK, PLACED)
    out[i++] = betsInMonth
    out[i++] = monthOf(sportMarket, PLACED)
    out[i++] = monthOf(book, PLACED)
    // A new market has a share of 0; one that the source does not name has none.
    out[i++] = bet.market === null ? Number.NaN : monthOf(market, PLACED) / betsInMonth
    out[i++] = bet.book === null ? Number.NaN : monthOf(book, PLACED) / betsInMonth
    out[i++] = bet.market === null ? Number.NaN : monthOf(market, STAKE) / turnoverInMonth
    out[i++] = bet.book === null ? Number.NaN : monthOf(book, STAKE) / turnoverInMonth
    out[i++] = (placedAtMs - (ledger[LAST_PLACED_AT] as number)) / HOUR_MS
    out[i++] = (placedAtMs - (ledger[FIRST_PLACED_AT] as number)) / DAY_MS
    out[i++] = (placedAtMs - (sportMarket[LAST_PLACED_AT] as number)) / DAY_MS
    out[i] = (sportMarket[MINUTES] as number) / 60 / (sportMarket[TIMED] as number)
  },
}

function monthOf(numbers: Float64Array, total: number): number {
  return dayWindowSum(numbers, MONTH, total)
}

function placed(group: GroupName, days: number, w: number): FeatureDefinition {
  return fromPlacements(group, {
    suffix: `placed_${days}d`,
    words: `Bets placed in the last ${days} days of UTC, today included, out`,
    ...{ unit: 'bets', missing: 'zero' },
    bets: ({ numbers }) => dayWindowSum(numbers, w, PLACED),
  })
}

function share(group: keyof typeof SIDE, formerly: readonly string[]): FeatureDefinition {
  return fromPlacements(group, {
    ...{ suffix: 'share_30d', unit: 'share', formerly },
    description: `Share of the bets of the last 30 days that were ${SIDE[group]} this ${group}.`,
    bets: ({ numbers }) => monthOf(numbers, PLACED),
  })
}

function turnoverShare(group: keyof typeof SIDE): FeatureDefinition {
  return fromPlacements(group, {
    suffix: 'turnover_share_30d',
    description: `Share of the stakes of the last 30 days, in the ledger's currency, that were ${SIDE[group]} this ${group}.`,
    ...{ unit: 'share', dependsOn: ['placed_at', 'stake', 'currency'] },
    bets: ({ numbers }) => monthOf(numbers, PLACED),
  })
}

type HistoryEntry = Parameters<typeof fromHistory>[1]

function fromPlacements(
  group: GroupName,
  entry: Pick<HistoryEntry, 'suffix' | 'unit'> & Partial<HistoryEntry>,
): FeatureDefinition {
  return fromHistory(group, {
    words: '',
    mode: 'hybrid',
    ttlMs: RECENT_TTL_MS,
    dependsOn: ['placed_at'],
    bets: ({ numbers }) => numbers[PLACED] as number,
    latest: ({ numbers }) => numbers[LAST_PLACED_AT] as number,
    ...entry,
  })
}
