import * as z from 'zod'
import { lakeFileSchema } from '../lake/file.ts'
import type { RecordPart } from './record-part.ts'
import { addMarket, gatherMarkets, marketRecordSchema } from './record-part.ts'
import { selectionRowsSchema } from './selection-rows.ts'
import { forgetMoney } from './tally.ts'

/** Where the scoring function finds the bettor's own record. */
export const PERFORMANCE_SNAPSHOT_KEY = 'online/performance.json'

/** The settled bets of a ledger, summed by everything that a question may ask for but the selection. */
export const performanceSnapshotSchema = z.object({
  format: z.literal('closeline-performance/2'),
  ledgerSha256: z.string().length(64),
  origin: z.enum(['own', 'demo']),
  /** When the ledger was last read. */
  lookedAt: z.iso.datetime(),
  /** Currency of all money in it; null where there is none, or more than one, whose money is then left out. */
  currency: z.string().nullable(),
  settledBets: z.int().min(0),
  /** Settled bets whose settlement time the source gave; for the rest it is assumed. */
  betsWithSettlementTime: z.int().min(0),
  /** Settled bets whose selection is longer than what is kept of it. */
  cutSelections: z.int().min(0),
  markets: z.array(marketRecordSchema),
  /** Where the selections are, {@link selectionsSchema}; null where no bet says what was bet on. */
  selections: lakeFileSchema.nullable(),
})

export type PerformanceSnapshot = z.infer<typeof performanceSnapshotSchema>

/** What was bet on, market by market, in a file of its own: it is many times as large as the sums, and seldom asked for. */
export const selectionsSchema = z.object({
  format: z.literal('closeline-selections/1'),
  ledgerSha256: z.string().length(64),
  markets: z.array(
    z.object({ sport: z.string(), market: z.string(), cells: z.int().min(0), rows: selectionRowsSchema }),
  ),
})

export type Selections = z.infer<typeof selectionsSchema>

/** The record of a ledger before its selections have been put in their file. */
export interface JoinedRecord {
  snapshot: Omit<PerformanceSnapshot, 'selections'>
  /** Undefined where no bet says what was bet on. */
  selections: Selections | undefined
  /** False where money of several currencies was left out. */
  hasOneCurrency: boolean
}

/** Gathers parts of disjoint bets, in order of time, into the whole record. */
export interface RecordGatherer {
  add(part: RecordPart): void
  join(identity: Pick<PerformanceSnapshot, 'ledgerSha256' | 'origin' | 'lookedAt'>): JoinedRecord
}

export function gatherRecord(): RecordGatherer {
  const gatherer = gatherMarkets()
  const currencies = new Set<string>()
  const counts = { settledBets: 0, betsWithSettlementTime: 0, cutSelections: 0 }
  return {
    add(part) {
      for (const market of part.markets) addMarket(gatherer.of(market.sport, market.market), market)
      for (const currency of part.currencies) currencies.add(currency)
      counts.settledBets += part.settledBets
      counts.betsWithSettlementTime += part.betsWithSettlementTime
      counts.cutSelections += part.cutSelections
    },
    join({ ledgerSha256, origin, lookedAt }) {
      const markets = gatherer.list()
      const hasOneCurrency = currencies.size <= 1
      // Sums of different currencies mean nothing: the return a unit is kept, the money is not.
      if (!hasOneCurrency) for (const market of markets) forgetMarketMoney(market)
      return {
        snapshot: {
          format: 'closeline-performance/2',
          ...{ ledgerSha256, origin, lookedAt },
          currency: hasOneCurrency ? ([...currencies][0] ?? null) : null,
          ...counts,
          markets: markets.map(({ sport, market, cells }) => ({ sport, market, cells })),
        },
        selections: selectionsOf(markets, ledgerSha256),
        hasOneCurrency,
      }
    },
  }
}

function selectionsOf(markets: RecordPart['markets'], ledgerSha256: string): Selections | undefined {
  const told = markets.flatMap(({ sport, market, cells, selections: rows }) =>
    sport === null || market === null || rows.text.length === 0 ? [] : [{ sport, market, cells: cells.length, rows }],
  )
  return told.length === 0 ? undefined : { format: 'closeline-selections/1', ledgerSha256, markets: told }
}

function forgetMarketMoney({ cells, selections }: RecordPart['markets'][number]): void {
  for (const { tally } of cells) forgetMoney(tally)
  selections.stakeMinor.fill(null)
  selections.profitMinor.fill(null)
}
