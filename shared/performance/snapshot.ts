import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { isSettled, netReturnPerUnit } from '../bets/settlement.ts'
import type { PerformanceTally } from './tally.ts'
import { addBet, addTally, emptyTally, performanceTallySchema } from './tally.ts'

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

/** Sums a ledger up. */
export function summariseLedger(
  bets: readonly Bet[],
  identity: Pick<PerformanceSnapshot, 'ledgerSha256' | 'origin'>,
): PerformanceSnapshot {
  const cells = new Map<string, PerformanceCell>()
  const settled = bets.filter((bet) => isSettled(bet.state))
  const currencies = new Set(settled.map((bet) => bet.currency).filter((currency) => currency !== null))
  const isMixed = currencies.size > 1
  for (const bet of settled) {
    const { sport, league, market, book, betType, selection } = bet
    const key = JSON.stringify([sport, league, market, book, betType, selection])
    let cell = cells.get(key)
    if (cell === undefined) {
      cell = { sport, league, market, book, betType, selection, tally: emptyTally() }
      cells.set(key, cell)
    }
    addBet(cell.tally, isMixed ? withoutMoney(bet) : bet)
  }
  return {
    format: 'closeline-performance/1',
    ...identity,
    currency: isMixed ? null : ([...currencies][0] ?? null),
    settledBets: settled.length,
    betsWithSettlementTime: settled.filter((bet) => bet.settledAtMs !== null).length,
    cells: [...cells.values()],
  }
}

/** Sums of different currencies mean nothing: the return a unit is kept, the money is not. */
function withoutMoney(bet: Bet): Bet {
  return { ...bet, stakeMinor: null, profitMinor: null, returnPerUnit: netReturnPerUnit(bet) ?? null }
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
