import type { Bet } from '../bet.ts'
import type { BetRecord, ParsedRecord } from './bet-record.ts'
import { firstProblem } from './record-problem.ts'
import { contradictionIn } from './tracker-contradictions.ts'
import { type TrackerRecord, trackerSchema } from './tracker-schema.ts'

/**
 * The bet of a record of the tracker's table, the old system's `bets`: checked by its schema, then against itself.
 *
 * - Of two prices that agree the decimal one is kept: the tracker made the American one of it and cut the rest.
 * - A bet marked as free or as placed with promotional cash, or lost at a profit of 0, is a free bet. Its stake was not
 *   the bettor's, so `stakeMinor` is 0, and a loss that the tracker books at face value costs nothing.
 * - Money without a currency is in USD, as in the tracker's files; without money there is no currency.
 * - Return and closing line value come in per cent; a return without money is taken as it is, as in the ledger file.
 * - An open bet has no profit, return or settlement time, whatever the record says. A win may lack its price.
 */
export function parseTrackerRecord(record: BetRecord): ParsedRecord {
  const read = trackerSchema.safeParse(record)
  if (!read.success) return { ok: false, problem: firstProblem(read.error, record) }
  const problem = contradictionIn(read.data)
  return problem === undefined ? { ok: true, bet: toBet(read.data) } : { ok: false, problem }
}

function toBet(record: TrackerRecord): Bet {
  const isOpen = record.status === 'open'
  return {
    id: record.id,
    origin: 'import',
    state: record.status,
    betType: record.bet_type,
    sport: record.sport,
    league: record.league,
    market: record.market,
    book: record.institution_name,
    selection: record.pick_name,
    isLive: record.is_live ?? false,
    decimalOdds: record.odds ?? record.american_odds,
    ...moneyOf(record),
    closingLineValue: record.clv_percentage === null ? null : record.clv_percentage / 100 + 0,
    placedAtMs: record.time_placed,
    settledAtMs: isOpen ? null : record.time_settled,
    // The tracker does not tell when it first heard of a result.
    resultKnownAtMs: null,
  }
}

type MoneyOfBet = Pick<Bet, 'isFreeBet' | 'stakeMinor' | 'profitMinor' | 'currency' | 'returnPerUnit'>

function moneyOf(record: TrackerRecord): MoneyOfBet {
  const { amount, profit, roi } = record
  const isOpen = record.status === 'open'
  const profitMinor = isOpen || profit === null ? null : profit.minor
  const currency = record.currency?.toUpperCase() ?? (amount === null && profit === null ? null : 'USD')
  if (isFreeBet(record)) {
    const wonMinor = profitMinor === null ? null : Math.max(0, profitMinor)
    return { isFreeBet: true, stakeMinor: 0, profitMinor: wonMinor, currency, returnPerUnit: null }
  }
  // The schema lets a return be a point below the loss of the stake, for the source's rounding.
  const returnPerUnit = isOpen || roi === null ? null : Math.max(-1, roi / 100) + 0
  return { isFreeBet: false, stakeMinor: amount?.minor ?? null, profitMinor, currency, returnPerUnit }
}

function isFreeBet({ status, amount, profit, is_free_bet, promotional_cash }: TrackerRecord): boolean {
  // A stake of pennies can round to 0, and its loss with it: that is no free bet.
  const costNothing = status === 'lost' && profit?.minor === 0 && amount?.minor !== 0
  return costNothing || is_free_bet === true || promotional_cash === true
}
