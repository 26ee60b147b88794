import type { Bet, BetState } from '../bet.ts'
import { isDecisive } from '../settlement.ts'
import { betUnlessRefused, type CellReader, type Problem, parseRowByRow, readCells } from './cell-reader.ts'
import { americanPrice, betId, betType, flag, fraction, isoInstant, textUpTo, trackerStatus } from './fields.ts'
import type { BetFormat, SourceRow } from './format.ts'

/** Columns without which a header is not of the Closeline ledger; the others may be absent. */
export const CLOSELINE_LEDGER_COLUMNS = ['id', 'status', 'time_placed', 'american_odds'] as const

const label = textUpTo(100)
const marketName = textUpTo(200)
const returnPerUnit = fraction({ lowest: -1, inclusive: true, unit: 100 })
const closingLineValue = fraction({ lowest: -1, inclusive: false, unit: 100 })

/**
 * Closeline's own ledger file: one row per bet, American odds, results in per cent of a stake that it does not tell.
 *
 * It has no money and no settlement time, so these stay null. `created_at` is the time of import, says nothing about
 * the bet and is not read. A blank price stays null. An absent or blank bet type is `straight`, as the file has it.
 */
export const closelineLedger: BetFormat = {
  name: 'Closeline ledger',
  hasRowPerLeg: false,
  recognises: (columns) => CLOSELINE_LEDGER_COLUMNS.every((column) => columns.includes(column)),
  parse: (rows) => parseRowByRow(rows, parseLedgerRow),
}

function parseLedgerRow(row: SourceRow): Bet | Problem {
  const cells = readCells(row)
  const id = cells.require('id', betId, 'missing_id')
  const state = cells.require('status', trackerStatus, 'unknown_status')
  const placedAtMs = cells.require('time_placed', isoInstant, 'missing_time')
  refuseContradiction(cells, state)
  return betUnlessRefused(
    cells,
    { id, state, placedAtMs },
    {
      origin: 'import',
      betType: cells.read('bet_type', betType) ?? 'straight',
      sport: cells.read('sport', label),
      league: cells.read('league', label),
      market: cells.read('market', marketName),
      book: cells.read('institution_name', label),
      selection: null,
      isLive: cells.read('is_live', flag) ?? false,
      isFreeBet: false,
      decimalOdds: cells.read('american_odds', americanPrice),
      stakeMinor: null,
      profitMinor: null,
      currency: null,
      returnPerUnit: cells.read('roi', returnPerUnit),
      closingLineValue: cells.read('clv_percentage', closingLineValue),
      settledAtMs: null,
      resultKnownAtMs: null,
    },
  )
}

/** `is_win` repeats the status where a bet was won or lost; elsewhere the file says false, which contradicts nothing. */
function refuseContradiction(cells: CellReader, state: BetState | null): void {
  const isWin = cells.read('is_win', flag)
  if (state === null || isWin === null || !isDecisive(state) || isWin === (state === 'won')) return
  cells.refuse('status_contradicts_result', 'is_win', `is_win is ${isWin}, and the status says ${state}`)
}
