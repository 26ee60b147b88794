import type { Bet } from '../bet.ts'
import { betUnlessRefused, type CellReader, type Problem, parseRowByRow, readCells } from './cell-reader.ts'
import {
  betId,
  betType,
  commonSportAndLeague,
  decimalPrice,
  type FieldParser,
  fraction,
  gmtInstant,
  hasLiveTag,
  isoInstant,
  moneyMinor,
  piecesOf,
  stakeMinor,
  textUpTo,
  trackerStatus,
} from './fields.ts'
import type { BetFormat, SourceRow } from './format.ts'

/** Columns without which a header is not of the Pikkit export; the others may be absent. */
export const PIKKIT_COLUMNS = ['bet_id', 'status', 'odds', 'amount', 'profit', 'time_placed'] as const

const label = textUpTo(100)
const selectionText = textUpTo(4000)
const freeText = textUpTo(Number.POSITIVE_INFINITY)
const lineValue = fraction({ lowest: -1, inclusive: false, unit: 1 })

/**
 * Pikkit's `transactions.csv`, of 15 columns or of 17 with ISO times: one row per bet, decimal odds, money in dollars.
 *
 * - Its `ev` is price / closing price − 1, so it is read as closing line value; blank, it is computed from the prices.
 * - A loss with profit 0 was a free bet. Its stake was not the bettor's, so `stakeMinor` is 0 and the row adds nothing
 *   to turnover. A free bet that won looks like any other win and cannot be told.
 * - Currency is USD: the export has no currency column and covers American books.
 * - There is no market column, and the wording of `bet_info` differs per book: a straight bet's market is null.
 * - The profit and settlement time of an open bet are null, whatever the cells hold.
 */
export const pikkit: BetFormat = {
  name: 'Pikkit export',
  hasRowPerLeg: false,
  recognises: (columns) => PIKKIT_COLUMNS.every((column) => columns.includes(column)),
  parse: (rows) => parseRowByRow(rows, parsePikkitRow),
}

function parsePikkitRow(row: SourceRow): Bet | Problem {
  const cells = readCells(row)
  const id = cells.require('bet_id', betId, 'missing_id')
  const state = cells.require('status', trackerStatus, 'unknown_status')
  const placedAtMs = readInstant(cells, 'time_placed')
  if (placedAtMs === null) cells.refuse('missing_time', 'time_placed', 'time_placed is blank')
  const settledAtMs = readInstant(cells, 'time_settled')
  const type = cells.read('type', betType) ?? 'straight'
  const decimalOdds = cells.read('odds', decimalPrice)
  const amountMinor = cells.read('amount', stakeMinor)
  const profitMinor = cells.read('profit', moneyMinor)
  // A stake of pennies can round to 0, and its loss with it: that is no free bet.
  const isFreeBet = state === 'lost' && profitMinor === 0 && amountMinor !== 0
  return betUnlessRefused(
    cells,
    { id, state, placedAtMs },
    {
      origin: 'import',
      betType: type,
      ...readSportAndLeague(cells),
      market: type === 'parlay' ? 'Parlay' : null,
      book: cells.read('sportsbook', label),
      selection: cells.read('bet_info', selectionText),
      isLive: hasLiveTag(cells.read('tags', freeText)),
      isFreeBet,
      decimalOdds,
      stakeMinor: isFreeBet ? 0 : amountMinor,
      profitMinor: state === 'open' ? null : profitMinor,
      currency: 'USD',
      returnPerUnit: null,
      closingLineValue: readClosingLineValue(cells, decimalOdds),
      settledAtMs: state === 'open' ? null : settledAtMs,
      resultKnownAtMs: null,
    },
  )
}

/** The ISO column where it says something, for it has milliseconds; else the GMT text. */
function readInstant(cells: CellReader, column: 'time_placed' | 'time_settled'): number | null {
  return cells.read(`${column}_iso`, isoInstant) ?? cells.read(column, gmtInstant)
}

function readClosingLineValue(cells: CellReader, decimalOdds: number | null): number | null {
  const closingDecimalOdds = cells.read('closing_line', decimalPrice)
  const reported = cells.read('ev', lineValue)
  if (reported !== null) return reported
  return decimalOdds === null || closingDecimalOdds === null ? null : decimalOdds / closingDecimalOdds - 1
}

/** Pikkit lists the distinct sports and leagues of a bet, not one per leg; either list may be blank alone. */
function readSportAndLeague(cells: CellReader): Pick<Bet, 'sport' | 'league'> {
  return commonSportAndLeague(cells.read('sports', labels) ?? [], cells.read('leagues', labels) ?? [])
}

const labels: FieldParser<string[]> = function parseLabels(text) {
  for (const piece of piecesOf(text)) {
    const checked = label(piece)
    if (!checked.ok) return checked
  }
  return { ok: true, value: piecesOf(text) }
}
