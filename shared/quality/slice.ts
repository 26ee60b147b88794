import type { Bet } from '../bets/bet.ts'
import { BET_STATES } from '../bets/bet.ts'
import type { VersionedBet } from '../bets/versioned.ts'
import { compareNames } from './name-counts.ts'

/**
 * The bets of one sport and month of placement as columns of equal length `nRows`: what a partition of the lake is
 * profiled and examined from. NaN in a column of numbers means "the source does not say".
 */
export interface LedgerSlice {
  /** Null where the source does not say. */
  sport: string | null
  /** UTC month of placement, `YYYY-MM`. */
  month: string
  nRows: number
  /** Index into {@link BET_STATES}. */
  state: Uint8Array
  /** 1 where several selections are combined, 0 for a straight bet. */
  isCombined: Uint8Array
  isFreeBet: Uint8Array
  hasMarket: Uint8Array
  /** > 1. */
  decimalOdds: Float64Array
  /** Minor units of the ledger's currency. */
  stakeMinor: Float64Array
  profitMinor: Float64Array
  /** Net result per unit staked as the source gives it, ≥ −1. */
  returnPerUnit: Float64Array
  /** Price taken / closing price − 1, a fraction. */
  closingLineValue: Float64Array
  placedAtMs: Float64Array
  /** When the source last changed the bet; may hold a fraction, for sources that keep microseconds. */
  updatedAtMs: Float64Array
  /** Bets per book, null for bets without one. */
  books: ReadonlyMap<string | null, number>
  /** Costly, so asked only for findings and examples. */
  idOf(row: number): string
  /** Costly, like {@link LedgerSlice.idOf}. */
  bookOf(row: number): string | null
}

/** Cuts a ledger held in memory into slices, in order of month, then sport, the nameless sport first. */
export function sliceBets(bets: readonly VersionedBet[]): LedgerSlice[] {
  const groups = new Map<string, [VersionedBet, ...VersionedBet[]]>()
  for (const versioned of bets) {
    const key = JSON.stringify([monthOf(versioned.bet.placedAtMs), versioned.bet.sport])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [versioned])
    else group.push(versioned)
  }
  return [...groups.values()]
    .map(sliceOf)
    .sort((a, b) => compareNames(a.month, b.month) || compareNames(a.sport, b.sport))
}

/** UTC month of an instant, `YYYY-MM`. */
function monthOf(atMs: number): string {
  const date = new Date(atMs)
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  return `${year}-${String(date.getUTCMonth() + 1).padStart(2, '0')}`
}

function sliceOf(bets: readonly [VersionedBet, ...VersionedBet[]]): LedgerSlice {
  const flags = (holds: (bet: Bet) => boolean) => Uint8Array.from(bets, ({ bet }) => (holds(bet) ? 1 : 0))
  const numbers = (of: (bet: Bet) => number | null) => Float64Array.from(bets, ({ bet }) => of(bet) ?? Number.NaN)
  return {
    sport: bets[0].bet.sport,
    month: monthOf(bets[0].bet.placedAtMs),
    nRows: bets.length,
    state: Uint8Array.from(bets, ({ bet }) => BET_STATES.indexOf(bet.state)),
    isCombined: flags((bet) => bet.betType !== 'straight'),
    isFreeBet: flags((bet) => bet.isFreeBet),
    hasMarket: flags((bet) => bet.market !== null),
    decimalOdds: numbers((bet) => bet.decimalOdds),
    stakeMinor: numbers((bet) => bet.stakeMinor),
    profitMinor: numbers((bet) => bet.profitMinor),
    returnPerUnit: numbers((bet) => bet.returnPerUnit),
    closingLineValue: numbers((bet) => bet.closingLineValue),
    placedAtMs: numbers((bet) => bet.placedAtMs),
    updatedAtMs: Float64Array.from(bets, ({ updatedAtUs }) => updatedAtUs / 1000),
    books: countBooks(bets),
    idOf: (row) => (bets[row] as VersionedBet).bet.id,
    bookOf: (row) => (bets[row] as VersionedBet).bet.book,
  }
}

function countBooks(bets: readonly VersionedBet[]): Map<string | null, number> {
  const books = new Map<string | null, number>()
  for (const { bet } of bets) books.set(bet.book, (books.get(bet.book) ?? 0) + 1)
  return books
}
