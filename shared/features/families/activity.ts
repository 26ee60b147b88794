import { DAY_WINDOWS, dayWindowSum } from '../day-marks.ts'
import type { FeatureBlock, FeatureDefinition } from '../definition.ts'
import type { GroupName } from '../groups.ts'
import type { Tally } from '../tally.ts'
import { MINUTES, PLACED, STAKE, TIMED } from '../totals.ts'
import { tallyIn } from '../view.ts'
import { fromHistory, RECENT_TTL_MS } from './history.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

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
      bets: ({ totals }) => totals[TIMED] as number,
    }),
  ],
  compute(view, out, at) {
    const [ledger, market, book] = [tallyIn(view, 'ledger'), tallyIn(view, 'market'), tallyIn(view, 'book')]
    const sportMarket = tallyIn(view, 'sport_market')
    const { bet } = view
    const { placedAtMs } = bet
    const [betsInMonth, turnoverInMonth] = [monthOf(ledger, PLACED), monthOf(ledger, STAKE)]
    let i = at
    out[i++] = dayWindowSum(ledger.dayMarks, WEEK, ledger.totals, PLACED)
    out[i++] = betsInMonth
    out[i++] = monthOf(sportMarket, PLACED)
    out[i++] = monthOf(book, PLACED)
    // A new market has a share of 0; one that the source does not name has none.
    out[i++] = bet.market === null ? Number.NaN : monthOf(market, PLACED) / betsInMonth
    out[i++] = bet.book === null ? Number.NaN : monthOf(book, PLACED) / betsInMonth
    out[i++] = bet.market === null ? Number.NaN : monthOf(market, STAKE) / turnoverInMonth
    out[i++] = bet.book === null ? Number.NaN : monthOf(book, STAKE) / turnoverInMonth
    out[i++] = (placedAtMs - ledger.lastPlacedAtMs) / HOUR_MS
    out[i++] = (placedAtMs - ledger.firstPlacedAtMs) / DAY_MS
    out[i++] = (placedAtMs - sportMarket.lastPlacedAtMs) / DAY_MS
    out[i] = (sportMarket.totals[MINUTES] as number) / 60 / (sportMarket.totals[TIMED] as number)
  },
}

function monthOf({ dayMarks, totals }: Tally, total: number): number {
  return dayWindowSum(dayMarks, MONTH, totals, total)
}

function placed(group: GroupName, days: number, w: number): FeatureDefinition {
  return fromPlacements(group, {
    suffix: `placed_${days}d`,
    words: `Bets placed in the last ${days} days of UTC, today included, out`,
    ...{ unit: 'bets', missing: 'zero' },
    bets: ({ dayMarks, totals }) => dayWindowSum(dayMarks, w, totals, PLACED),
  })
}

function share(group: keyof typeof SIDE, formerly: readonly string[]): FeatureDefinition {
  return fromPlacements(group, {
    ...{ suffix: 'share_30d', unit: 'share', formerly },
    description: `Share of the bets of the last 30 days that were ${SIDE[group]} this ${group}.`,
    bets: (tally) => monthOf(tally, PLACED),
  })
}

function turnoverShare(group: keyof typeof SIDE): FeatureDefinition {
  return fromPlacements(group, {
    suffix: 'turnover_share_30d',
    description: `Share of the stakes of the last 30 days, in the ledger's currency, that were ${SIDE[group]} this ${group}.`,
    ...{ unit: 'share', dependsOn: ['placed_at', 'stake', 'currency'] },
    bets: (tally) => monthOf(tally, PLACED),
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
    bets: ({ totals }) => totals[PLACED] as number,
    latest: ({ lastPlacedAtMs }) => lastPlacedAtMs,
    ...entry,
  })
}
