import type { Bet } from '../bets/bet.ts'
import type { ParsedBet } from '../bets/formats/format.ts'
import { isSettled } from '../bets/settlement.ts'

/** What some records do to a ledger, counted in their rows. */
export interface LedgerChanges {
  /** New bets and those whose content differs. */
  changed: Bet[]
  rowsImported: number
  rowsUpdated: number
  rowsUnchanged: number
  /** Whether the demo bets make way, these being a bettor's own. */
  demoMakesWay: boolean
  /** Every bet of the ledger afterwards; only the store knows since when the results of changed bets are known. */
  ledger: Bet[]
}

/**
 * Decides for each bet of some records whether it is new, changed or known.
 *
 * A bet already there with equal content is unchanged; one whose content differs (an open bet that settled) is replaced.
 * A settled bet never becomes open again, whether an older record of the ledger or of the same records says so; else the
 * last record of an id counts, and all its rows go the way of that record.
 */
export function planChanges(ledger: readonly Bet[], records: readonly ParsedBet[]): LedgerChanges {
  const own = ledger.filter((bet) => bet.origin !== 'demo')
  const demoMakesWay = own.length < ledger.length && records.length > 0
  const known = new Map((demoMakesWay ? own : ledger).map((bet) => [bet.id, bet]))
  const changed: Bet[] = []
  const rows = { rowsImported: 0, rowsUpdated: 0, rowsUnchanged: 0 }
  for (const { bet, nRows } of lastOfEachId(records).values()) {
    const before = known.get(bet.id)
    const isNews = before === undefined || !saysNothingNew(before, bet)
    if (before === undefined) rows.rowsImported += nRows
    else if (isNews) rows.rowsUpdated += nRows
    else rows.rowsUnchanged += nRows
    if (isNews) changed.push(bet)
  }
  for (const bet of changed) known.set(bet.id, bet)
  return { changed, ...rows, demoMakesWay, ledger: [...known.values()] }
}

/**
 * Whether a record leaves the bet that is known as it is: equal to it, or older than its result.
 *
 * Since when a result is known is not compared: the ledger notes it by itself, and no record tells it.
 */
export function saysNothingNew(known: Bet, record: Bet): boolean {
  if (takesResultBack(known, record)) return true
  return (Object.keys(record) as (keyof Bet)[]).every((key) => key === 'resultKnownAtMs' || known[key] === record[key])
}

/** The last record of each id, a result never giving way to an open record, with the number of rows that all its records have. */
function lastOfEachId(records: readonly ParsedBet[]): Map<string, { bet: Bet; nRows: number }> {
  const last = new Map<string, { bet: Bet; nRows: number }>()
  for (const { bet, lines } of records) {
    const before = last.get(bet.id)
    const isOlder = before !== undefined && takesResultBack(before.bet, bet)
    last.set(bet.id, { bet: isOlder ? before.bet : bet, nRows: (before?.nRows ?? 0) + lines.length })
  }
  return last
}

/** Whether a record is from before the bet that is known settled. */
function takesResultBack(known: Bet, record: Bet): boolean {
  return isSettled(known.state) && !isSettled(record.state)
}
