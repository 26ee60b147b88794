import { DomainError } from '../kernel/errors.ts'
import type { PerformanceSnapshot, Selections } from './snapshot.ts'
import type { PerformanceTally } from './tally.ts'
import { addResult, emptyTally, OUTCOMES, TALLY_KEYS } from './tally.ts'

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

/** A record as questions are answered from it. */
export interface RecordIndex extends Omit<PerformanceSnapshot, 'format' | 'markets' | 'selections'> {
  /** Settled bets that name no market, which no question reaches. */
  namelessBets: number
  hasSelections: boolean
  /** By sport, then market. */
  markets: ReadonlyMap<string, ReadonlyMap<string, IndexedMarket>>
}

/** The cells of one market, sums in rows of numbers. */
interface IndexedMarket {
  cells: { league: string | null; book: string | null; betType: string }[]
  /** `sums[cell · K + k]`: the k-th of the tally's K sums. */
  sums: Float64Array
  selections: IndexedSelections | undefined
}

/** One entry a bet; NaN where a number is not known. */
interface IndexedSelections {
  /** Cells of the market that `cell` counts by. */
  cells: number
  texts: readonly string[]
  text: Uint32Array
  cell: Uint32Array
  outcome: Uint8Array
  stakeMinor: Float64Array
  profitMinor: Float64Array
  perUnit: Float64Array
}

/** The selections of a ledger in typed columns, by sport, then market. */
export interface SelectionIndex {
  ledgerSha256: string
  markets: ReadonlyMap<string, ReadonlyMap<string, IndexedSelections>>
}

/** Makes selections ready for questions. @throws {DomainError} `corrupt_object` where columns do not fit one another */
export function indexSelections({ ledgerSha256, markets }: Selections): SelectionIndex {
  const bySport = new Map<string, Map<string, IndexedSelections>>()
  for (const { sport, market, cells, rows } of markets) {
    const ofSport = bySport.get(sport) ?? new Map<string, IndexedSelections>()
    bySport.set(sport, ofSport)
    ofSport.set(market, columnsOf(rows, cells))
  }
  return { ledgerSha256, markets: bySport }
}

/** Makes a record ready for questions. @throws {DomainError} `corrupt_object` where the selections are of another record */
export function indexRecord(snapshot: PerformanceSnapshot, selections: SelectionIndex | undefined): RecordIndex {
  if (selections !== undefined && selections.ledgerSha256 !== snapshot.ledgerSha256) {
    throw new DomainError('corrupt_object', 'the selections are those of another ledger')
  }
  const { format: _, markets, selections: file, ...facts } = snapshot
  const bySport = new Map<string, Map<string, IndexedMarket>>()
  let namelessBets = 0
  for (const { sport, market, cells } of markets) {
    if (market === null) namelessBets += cells.reduce((sum, { tally }) => sum + tally.bets, 0)
    if (sport === null || market === null) continue
    const told = selections?.markets.get(sport)?.get(market)
    if (told !== undefined && told.cells !== cells.length) {
      throw new DomainError('corrupt_object', `the selections of ${sport}, ${market} are not those of its record`)
    }
    const ofSport = bySport.get(sport) ?? new Map<string, IndexedMarket>()
    bySport.set(sport, ofSport)
    ofSport.set(market, { cells, sums: sumsOf(cells), selections: told })
  }
  return { ...facts, namelessBets, hasSelections: file !== null, markets: bySport }
}

function sumsOf(cells: PerformanceSnapshot['markets'][number]['cells']): Float64Array {
  const sums = new Float64Array(cells.length * TALLY_KEYS.length)
  for (const [c, { tally }] of cells.entries()) {
    for (const [k, key] of TALLY_KEYS.entries()) sums[c * TALLY_KEYS.length + k] = tally[key]
  }
  return sums
}

function columnsOf(rows: Selections['markets'][number]['rows'], cells: number): IndexedSelections {
  const { texts, text, cell, outcome } = rows
  const isSound =
    arePositions(text, texts.length) &&
    arePositions(cell, cells) &&
    arePositions(outcome, OUTCOMES.length) &&
    [cell, outcome, rows.stakeMinor, rows.profitMinor, rows.perUnit].every(({ length }) => length === text.length)
  if (!isSound) throw new DomainError('corrupt_object', 'the columns of the selections do not fit one another')
  const numbers = (column: readonly (number | null)[]) => Float64Array.from(column, (value) => value ?? Number.NaN)
  return {
    ...{ cells, texts },
    ...{ text: Uint32Array.from(text), cell: Uint32Array.from(cell), outcome: Uint8Array.from(outcome) },
    stakeMinor: numbers(rows.stakeMinor),
    profitMinor: numbers(rows.profitMinor),
    perUnit: numbers(rows.perUnit),
  }
}

function arePositions(column: readonly number[], end: number): boolean {
  return column.every((position) => Number.isInteger(position) && position >= 0 && position < end)
}

/** The sum over all bets that a filter lets through. */
export function selectTally(index: Pick<RecordIndex, 'markets'>, filter: PerformanceFilter): PerformanceTally {
  const market = index.markets.get(filter.sport)?.get(filter.market)
  if (market === undefined) return emptyTally()
  return filter.player === undefined ? sumOfCells(market, filter) : sumOfSelections(market, filter, filter.player)
}

function sumOfCells({ cells, sums }: IndexedMarket, filter: PerformanceFilter): PerformanceTally {
  const width = TALLY_KEYS.length
  const total = new Float64Array(width)
  for (let c = 0; c < cells.length; c++) {
    if (!matches(cells[c], filter)) continue
    for (let k = 0; k < width; k++) total[k] = (total[k] as number) + (sums[c * width + k] as number)
  }
  const tally = emptyTally()
  for (let k = 0; k < width; k++) tally[TALLY_KEYS[k] as keyof PerformanceTally] = total[k] as number
  return tally
}

/** Looks at each distinct text once, then at each bet. */
function sumOfSelections(market: IndexedMarket, filter: PerformanceFilter, player: string): PerformanceTally {
  const tally = emptyTally()
  const { cells, selections } = market
  if (selections === undefined) return tally
  const wanted = player.toLowerCase()
  const isWanted = Uint8Array.from(selections.texts, (text) => (text.includes(wanted) ? 1 : 0))
  for (let r = 0; r < selections.text.length; r++) {
    if (isWanted[selections.text[r] as number] === 0) continue
    if (matches(cells[selections.cell[r] as number], filter)) addResult(tally, resultOfRow(selections, r))
  }
  return tally
}

function matches(cell: IndexedMarket['cells'][number] | undefined, { league, book, betType }: PerformanceFilter) {
  return (
    cell !== undefined &&
    (league === undefined || cell.league === league) &&
    (book === undefined || cell.book === book) &&
    (betType === undefined || cell.betType === betType)
  )
}

function resultOfRow({ outcome, stakeMinor, profitMinor, perUnit }: IndexedSelections, r: number) {
  return {
    outcome: OUTCOMES[outcome[r] as number] ?? 'push',
    stakeMinor: known(stakeMinor[r]),
    profitMinor: known(profitMinor[r]),
    perUnit: known(perUnit[r]),
  }
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value
}
