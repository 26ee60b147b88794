import type { Bet, BetState } from '../bet.ts'
import { betUnlessRefused, type CellReader, type Problem, readCells, rejectionOf } from './cell-reader.ts'
import {
  americanPrice,
  betId,
  commonSportAndLeague,
  fraction,
  hasLiveTag,
  isoInstantOrUtc,
  moneyMinor,
  positiveCount,
  quoted,
  stakeMinor,
  stateAmong,
  textUpTo,
} from './fields.ts'
import type { BetFormat, ParsedRows, SourceRow } from './format.ts'

/** Columns without which a header is not of the Juice Reel export; the others may be absent. */
export const JUICE_REEL_COLUMNS = [
  'juice_bet_id',
  'bet_result',
  'odds_american',
  'number_of_legs',
  'risk_amount',
  'amount_won_or_lost',
  'date_placed',
] as const

/** Columns about the bet as a whole, which every leg of it repeats. */
const BET_COLUMNS = [
  'sportsbook',
  'risk_amount',
  'bet_result',
  'amount_won_or_lost',
  'odds_american',
  'number_of_legs',
  'date_placed',
  'date_settled',
  'if_freeplay_then_amount_actually_at_risk',
] as const

const resultWord = stateAmong(
  new Map<string, BetState>([
    ['WIN', 'won'],
    ['WON', 'won'],
    ['LOSS', 'lost'],
    ['LOST', 'lost'],
    ['PUSH', 'push'],
    ['VOID', 'void'],
    ['CANCELLED', 'void'],
    ['CANCELED', 'void'],
    ['CASHED OUT', 'cashed_out'],
    ['CASH OUT', 'cashed_out'],
    ['CASHOUT', 'cashed_out'],
    ['PENDING', 'open'],
    ['OPEN', 'open'],
    ['HALF WIN', 'half_won'],
    ['HALF WON', 'half_won'],
    ['HALF LOSS', 'half_lost'],
    ['HALF LOST', 'half_lost'],
  ]),
)

const label = textUpTo(100)
const marketName = textUpTo(200)
const freeText = textUpTo(Number.POSITIVE_INFINITY)
const lineValue = fraction({ lowest: -1, inclusive: false, unit: 100 })
const SELECTION_CHARACTERS = 4000

/**
 * Juice Reel's `juiceReelBets_<epoch ms>.csv`: one row per leg, American odds, money in dollars.
 *
 * Rows are put together by `juice_bet_id`; they may stand apart, so all rows of the file must come in one call. One bad
 * row refuses the whole bet, for part of a parlay is another bet.
 *
 * The layout is known from public row types, not from a real file, so these are readings of it: times without a zone
 * are UTC; the result words are the usual ones of the trade; money is in USD, there being no currency column; a row
 * with an amount in `if_freeplay_then_amount_actually_at_risk` is a free bet, and that amount is its stake;
 * `clv_percent` is the bet's, and null where its legs differ. An open bet's profit and settlement time are null.
 */
export const juiceReel: BetFormat = {
  name: 'Juice Reel export',
  hasRowPerLeg: true,
  recognises: (columns) => JUICE_REEL_COLUMNS.every((column) => columns.includes(column)),
  parse: parseJuiceReelRows,
}

/** The rows of one bet, in file order. */
type Legs = readonly [SourceRow, ...SourceRow[]]

/** A problem, and the row to blame for it. */
interface LegProblem extends Problem {
  culprit: SourceRow
}

function parseJuiceReelRows(rows: readonly SourceRow[]): ParsedRows {
  const out: ParsedRows = { bets: [], rejections: [] }
  const legsById = new Map<string, [SourceRow, ...SourceRow[]]>()
  for (const row of rows) {
    const id = cellText(row, 'juice_bet_id')
    const legs = legsById.get(id)
    if (id === '') out.rejections.push(rejectionOf(row, MISSING_ID))
    else if (legs === undefined) legsById.set(id, [row])
    else legs.push(row)
  }
  for (const legs of legsById.values()) {
    const result = firstDisagreement(legs) ?? parseBet(legs)
    if ('reason' in result) rejectAll(legs, result, out)
    else out.bets.push({ bet: result, lines: legs.map((leg) => leg.line) })
  }
  return out
}

const MISSING_ID: Problem = { reason: 'missing_id', field: 'juice_bet_id', detail: 'juice_bet_id is blank' }

/** Refuses every row of a bet; each but the culprit says which line was bad. */
function rejectAll(legs: Legs, { culprit, reason, field, detail }: LegProblem, out: ParsedRows): void {
  for (const leg of legs) {
    const blame = leg === culprit ? detail : `of the same bet as line ${culprit.line}: ${detail}`
    out.rejections.push(rejectionOf(leg, { reason, field, detail: blame }))
  }
}

/** The first leg that tells another bet than the first row does, or that occurs twice. */
function firstDisagreement(legs: Legs): LegProblem | undefined {
  const seen = new Set<string>()
  for (const leg of legs) {
    const column = BET_COLUMNS.find((name) => cellText(leg, name) !== cellText(legs[0], name))
    if (column !== undefined) {
      const [here, there] = [quoted(cellText(leg, column)), quoted(cellText(legs[0], column))]
      const detail = `${column} is ${here}, and ${there} on line ${legs[0].line} of the same bet`
      return { culprit: leg, reason: 'legs_disagree', field: column, detail }
    }
    const legId = cellText(leg, 'bet_leg_id')
    if (seen.has(legId)) {
      const detail = `leg ${quoted(legId)} occurs twice in one bet`
      return { culprit: leg, reason: 'legs_disagree', field: 'bet_leg_id', detail }
    }
    if (legId !== '') seen.add(legId)
  }
  return undefined
}

function parseBet(legs: Legs): Bet | LegProblem {
  const cells = readCells(legs[0])
  const id = cells.require('juice_bet_id', betId, 'missing_id')
  const state = cells.require('bet_result', resultWord, 'unknown_status')
  const placedAtMs = cells.require('date_placed', isoInstantOrUtc, 'missing_time')
  const settledAtMs = cells.read('date_settled', isoInstantOrUtc)
  refuseWrongNumberOfLegs(cells, legs)
  const atRiskMinor = cells.read('if_freeplay_then_amount_actually_at_risk', stakeMinor)
  const riskMinor = cells.read('risk_amount', stakeMinor)
  const profitMinor = cells.read('amount_won_or_lost', moneyMinor)
  // Some exports may write 0 on ordinary bets: only an amount makes a free play.
  const isFreeBet = atRiskMinor !== null && atRiskMinor > 0
  const about = readLegs(legs)
  if ('culprit' in about) return about
  const result = betUnlessRefused(
    cells,
    { id, state, placedAtMs },
    {
      ...about,
      origin: 'import',
      betType: legs.length === 1 ? 'straight' : 'parlay',
      book: cells.read('sportsbook', label),
      isFreeBet,
      decimalOdds: cells.read('odds_american', americanPrice),
      stakeMinor: isFreeBet ? 0 : riskMinor,
      profitMinor: state === 'open' ? null : profitMinor,
      currency: 'USD',
      returnPerUnit: null,
      settledAtMs: state === 'open' ? null : settledAtMs,
      resultKnownAtMs: null,
    },
  )
  return 'reason' in result ? { ...result, culprit: legs[0] } : result
}

function refuseWrongNumberOfLegs(cells: CellReader, legs: Legs): void {
  const expected = cells.require('number_of_legs', positiveCount, 'unreadable_number')
  if (expected === null || expected === legs.length) return
  const reason = legs.length < expected ? 'legs_missing' : 'legs_disagree'
  cells.refuse(reason, 'number_of_legs', `number_of_legs is ${expected}, and the file has ${legs.length} of them`)
}

/** What the legs say together. */
type AboutLegs = Pick<Bet, 'sport' | 'league' | 'market' | 'selection' | 'isLive' | 'closingLineValue'>

function readLegs(legs: Legs): AboutLegs | LegProblem {
  const sports: string[] = []
  const leagues: string[] = []
  const markets: (string | null)[] = []
  const descriptions: string[] = []
  const lineValues = new Set<number | null>()
  let isLive = false
  for (const leg of legs) {
    const cells = readCells(leg)
    sports.push(...present(cells.read('leg_sport', label)))
    leagues.push(...present(cells.read('leg_league', label)))
    markets.push(cells.read('leg_type', marketName))
    descriptions.push(...present(cells.read('leg_description', freeText)))
    lineValues.add(cells.read('clv_percent', lineValue))
    isLive ||= hasLiveTag(cells.read('bet_tag_details', freeText))
    if (descriptions.join(' | ').length > SELECTION_CHARACTERS) {
      cells.refuse(
        'text_too_long',
        'leg_description',
        `the legs' descriptions exceed ${SELECTION_CHARACTERS} characters`,
      )
    }
    const problem = cells.problem()
    if (problem !== undefined) return { ...problem, culprit: leg }
  }
  const [lineValueOfAll = null, ...others] = lineValues
  return {
    ...commonSportAndLeague(sports, leagues),
    market: legs.length === 1 ? (markets[0] ?? null) : 'Parlay',
    selection: descriptions.length === 0 ? null : descriptions.join(' | '),
    isLive,
    closingLineValue: others.length === 0 ? lineValueOfAll : null,
  }
}

function present(text: string | null): string[] {
  return text === null ? [] : [text]
}

function cellText(row: SourceRow, column: string): string {
  return row.cells[column]?.trim() ?? ''
}
