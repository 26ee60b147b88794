import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import type { SelectionGatherer } from './selection-rows.ts'
import { addSelectionRows, gatherSelections, LONGEST_SELECTION, selectionRowsSchema } from './selection-rows.ts'
import type { BetResult, PerformanceTally } from './tally.ts'
import { addResult, addTally, emptyTally, performanceTallySchema, resultOf } from './tally.ts'

const label = z.string().nullable()

const cellSchema = z.object({ league: label, book: label, betType: z.string(), tally: performanceTallySchema })

/** The settled bets of one sport and market, by league, book and bet type. */
export const marketRecordSchema = z.object({ sport: label, market: label, cells: z.array(cellSchema) })

export type MarketRecord = z.infer<typeof marketRecordSchema>

/** A part of the ledger, summed up; parts of disjoint bets can be joined. */
export const recordPartSchema = z.object({
  /** Currencies of its money. */
  currencies: z.array(z.string()),
  settledBets: z.int().min(0),
  betsWithSettlementTime: z.int().min(0),
  /** Settled bets whose selection is longer than what is kept of it. */
  cutSelections: z.int().min(0),
  markets: z.array(marketRecordSchema.extend({ selections: selectionRowsSchema })),
})

export type RecordPart = z.infer<typeof recordPartSchema>

/** Sums up some bets. */
export function summariseBets(bets: readonly Bet[]): RecordPart {
  const markets = gatherMarkets()
  const currencies = new Set<string>()
  const counts = { settledBets: 0, betsWithSettlementTime: 0, cutSelections: 0 }
  for (const bet of bets) {
    const result = resultOf(bet)
    if (result === undefined) continue
    counts.settledBets++
    if (bet.settledAtMs !== null) counts.betsWithSettlementTime++
    if (bet.currency !== null) currencies.add(bet.currency)
    if ((bet.selection?.length ?? 0) > LONGEST_SELECTION) counts.cutSelections++
    addToMarket(markets.of(bet.sport, bet.market), bet, result)
  }
  return { currencies: [...currencies], ...counts, markets: markets.list() }
}

/** Markets that are being gathered, in the order in which they were first met. */
export function gatherMarkets() {
  const gatherers = new Map<string, MarketGatherer>()
  return {
    of(sport: string | null, market: string | null): MarketGatherer {
      const key = JSON.stringify([sport, market])
      const known = gatherers.get(key)
      if (known !== undefined) return known
      const fresh = { sport, market, cells: [], positions: new Map(), selections: gatherSelections() }
      gatherers.set(key, fresh)
      return fresh
    },
    list: () =>
      Array.from(gatherers.values(), ({ sport, market, cells, selections }) => {
        return { sport, market, cells, selections: selections.rows }
      }),
  }
}

interface MarketGatherer extends MarketRecord {
  positions: Map<string, number>
  selections: SelectionGatherer
}

/** Adds a part of the same market. */
export function addMarket(into: MarketGatherer, part: RecordPart['markets'][number]): void {
  const cells = part.cells.map(({ tally, ...of }) => {
    const position = cellOf(into, of)
    addTally(tallyAt(into, position), tally)
    return position
  })
  addSelectionRows(into.selections, part.selections, cells)
}

function addToMarket(into: MarketGatherer, bet: Bet, result: BetResult): void {
  const position = cellOf(into, bet)
  addResult(tallyAt(into, position), result)
  // A question names sport and market: what has none is never asked for by its selection.
  if (bet.selection === null || bet.sport === null || bet.market === null) return
  into.selections.add(bet.selection, position, result)
}

/** Position of the cell of this league, book and bet type, which is made where there is none. */
function cellOf(
  { cells, positions }: MarketGatherer,
  { league, book, betType }: { league: string | null; book: string | null; betType: string },
): number {
  const key = JSON.stringify([league, book, betType])
  let position = positions.get(key)
  if (position === undefined) {
    position = cells.push({ league, book, betType, tally: emptyTally() }) - 1
    positions.set(key, position)
  }
  return position
}

function tallyAt({ cells }: MarketGatherer, position: number): PerformanceTally {
  return (cells[position] as MarketGatherer['cells'][number]).tally
}
