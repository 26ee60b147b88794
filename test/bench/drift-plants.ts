import type { TableColumn } from '../../shared/drift/table.ts'
import type { Rng } from '../../shared/kernel/random.ts'
import { CLOSING_LINE_VALUE } from '../../shared/usecases/drift-columns.ts'

/** A change that is made to one column of the current window. */
export interface Plant {
  name: string
  column: string
  change(column: TableColumn, rng: Rng): TableColumn
}

const SPORT_SHARE = 0.1
const PRICE_SHIFT = 0.25
const BOOK_SHARE = 0.05

export const PLANTS: readonly Plant[] = [
  { name: 'sport, 10 % of share', column: 'sport', change: moveSport },
  { name: 'price, 0.25 σ', column: 'market_log_odds', change: shiftPrice },
  { name: 'new book, 5 %', column: 'book', change: addBook },
  { name: 'CLV gone', column: CLOSING_LINE_VALUE, change: loseClosingValues },
]

/** A tenth of all bets go from the most frequent sport to the second. */
function moveSport(column: TableColumn): TableColumn {
  if (column.kind !== 'categorical') return column
  const counts = column.names.map((_, code) => column.codes.reduce((sum, each) => sum + (each === code ? 1 : 0), 0))
  const falling = counts.map((_, code) => code).sort((a, b) => (counts[b] as number) - (counts[a] as number))
  const [first, second] = falling as [number, number]
  let left = Math.round(SPORT_SHARE * column.codes.length)
  return { ...column, codes: column.codes.map((code) => (code === first && left-- > 0 ? second : code)) }
}

/** Every price's log-odds rise by a quarter of their standard deviation among prices within American ±1,000. */
function shiftPrice(column: TableColumn): TableColumn {
  if (column.kind !== 'numerical') return column
  const usual = column.values.filter((value) => Math.abs(value) < Math.log(10))
  const mean = usual.reduce((sum, value) => sum + value, 0) / usual.length
  const deviation = Math.sqrt(usual.reduce((sum, value) => sum + (value - mean) ** 2, 0) / usual.length)
  return { ...column, values: column.values.map((value) => value + PRICE_SHIFT * deviation) }
}

/** Every bet is at a book never seen before with a chance of one in twenty. */
function addBook(column: TableColumn, rng: Rng): TableColumn {
  if (column.kind !== 'categorical') return column
  const code = column.names.length
  return {
    ...column,
    names: [...column.names, 'a new book'],
    codes: column.codes.map((known) => (rng.next() < BOOK_SHARE ? code : known)),
  }
}

function loseClosingValues(column: TableColumn): TableColumn {
  return column.kind === 'numerical' ? { ...column, values: column.values.map(() => Number.NaN) } : column
}
