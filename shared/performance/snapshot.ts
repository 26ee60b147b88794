import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { isSettled } from '../bets/settlement.ts'
import type { PerformanceTally } from './tally.ts'
import { addBet, addTally, emptyTally, forgetMoney, performanceTallySchema } from './tally.ts'

const label = z.string().nullable()

const cellSchema = z.object({
  sport: label,
  league: label,
  market: label,
  book: label,
  betType: z.string(),
  /** What was bet on, where the source tells: players are looked for here. */
  selection: label,
  tally: performanceTallySchema,
})

/** The settled bets of a ledger, summed by everything that a question may ask for. */
export const performanceSnapshotSchema = z.object({
  format: z.literal('closeline-performance/1'),
  ledgerSha256: z.string().length(64),
  origin: z.enum(['own', 'demo']),
  /** Currency of all money in it; null where there is none, or more than one, whose money is then left out. */
  currency: z.string().nullable(),
  settledBets: z.int().min(0),
  /** Settled bets whose settlement time the source gave; for the rest it is assumed. */
  betsWithSettlementTime: z.int().min(0),
  cells: z.array(cellSchema),
})

export type PerformanceSnapshot = z.infer<typeof performanceSnapshotSchema>
type PerformanceCell = PerformanceSnapshot['cells'][number]

/** Which bets a question is about; absent means any. */
export interface PerformanceFilter {
  sport: string
  market: string
  league?: string | undefined
  book?: string | undefined
  betType?: string | undefined
  /** Part of the selection's text, in any case. */
  player?: string | undefined
}

/** A part of the ledger, summed up; parts of disjoint bets can be joined. */
export const recordPartSchema = z.object({
  /** Currencies of its money. */
  currencies: z.array(z.string()),
  settledBets: z.int().min(0),
  betsWithSettlementTime: z.int().min(0),
  cells: z.array(cellSchema),
})

export type RecordPart = z.infer<typeof recordPartSchema>

/** Sums up some bets. */
export function summariseBets(bets: readonly Bet[]): RecordPart {
  const settled = bets.filter((bet) => isSettled(bet.state))
  const cells = new Map<string, PerformanceCell>()
  for (const bet of settled) addBet(cellFor(cells, bet).tally, bet)
  return {
    currencies: [...new Set(settled.map((bet) => bet.currency).filter((currency) => currency !== null))],
    settledBets: settled.length,
    betsWithSettlementTime: settled.filter((bet) => bet.settledAtMs !== null).length,
    cells: [...cells.values()],
  }
}

/** The whole record of parts of disjoint bets. */
export function joinRecord(
  parts: readonly RecordPart[],
  identity: Pick<PerformanceSnapshot, 'ledgerSha256' | 'origin'>,
): PerformanceSnapshot {
  const cells = new Map<string, PerformanceCell>()
  for (const part of parts) for (const cell of part.cells) addTally(cellFor(cells, cell).tally, cell.tally)
  const currencies = new Set(parts.flatMap((part) => part.currencies))
  // Sums of different currencies mean nothing: the return a unit is kept, the money is not.
  if (currencies.size > 1) for (const { tally } of cells.values()) forgetMoney(tally)
  return {
    format: 'closeline-performance/1',
    ...identity,
    currency: currencies.size > 1 ? null : ([...currencies][0] ?? null),
    settledBets: parts.reduce((sum, part) => sum + part.settledBets, 0),
    betsWithSettlementTime: parts.reduce((sum, part) => sum + part.betsWithSettlementTime, 0),
    cells: [...cells.values()],
  }
}

/** Sums a ledger up. */
export function summariseLedger(
  bets: readonly Bet[],
  identity: Pick<PerformanceSnapshot, 'ledgerSha256' | 'origin'>,
): PerformanceSnapshot {
  return joinRecord([summariseBets(bets)], identity)
}

type CellKey = Omit<PerformanceCell, 'tally'>

function cellFor(cells: Map<string, PerformanceCell>, of: CellKey): PerformanceCell {
  const { sport, league, market, book, betType, selection } = of
  const key = JSON.stringify([sport, league, market, book, betType, selection])
  let cell = cells.get(key)
  if (cell === undefined) {
    cell = { sport, league, market, book, betType, selection, tally: emptyTally() }
    cells.set(key, cell)
  }
  return cell
}

/** The sum over all bets that a filter lets through. */
export function selectTally(snapshot: PerformanceSnapshot, filter: PerformanceFilter): PerformanceTally {
  const player = filter.player?.toLowerCase()
  const total = emptyTally()
  for (const cell of snapshot.cells) {
    if (cell.sport !== filter.sport || cell.market !== filter.market) continue
    if (filter.league !== undefined && cell.league !== filter.league) continue
    if (filter.book !== undefined && cell.book !== filter.book) continue
    if (filter.betType !== undefined && cell.betType !== filter.betType) continue
    if (player !== undefined && !cell.selection?.toLowerCase().includes(player)) continue
    addTally(total, cell.tally)
  }
  return total
}
