import type { Anomaly } from './anomaly.ts'
import type { LedgerSlice } from './slice.ts'

/** What one search over a slice came to. */
export interface Search {
  found: Anomaly[]
  /** Rows with a value and no usable history to hold it against. */
  unexamined: number
}

/** A finding about one row of a slice. */
export function finding(slice: LedgerSlice, row: number, rest: Omit<Anomaly, 'recordId' | 'book'>): Anomaly {
  return { recordId: slice.idOf(row), book: slice.bookOf(row), ...rest }
}
