import type { Bet } from '../bets/bet.ts'

/** Closing line value of some bets of a ledger, price taken / closing price − 1; NaN where no closing price is known. */
export function closingLineValuesOf(bets: readonly Bet[], ledgerRows: Int32Array): Float64Array {
  return Float64Array.from(ledgerRows, (r) => bets[r]?.closingLineValue ?? Number.NaN)
}
