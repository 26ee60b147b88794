import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api'
import { BET_STATES } from '../bets/bet.ts'
import { invariant } from '../kernel/errors.ts'
import type { PartitionKey } from '../lake/layout.ts'
import type { LedgerSlice } from '../quality/slice.ts'

const NUMBERS = {
  decimalOdds: 'decimal_odds',
  stakeMinor: 'cast(stake * 100 as double)',
  profitMinor: 'cast(profit * 100 as double)',
  returnPerUnit: 'return_per_unit',
  closingLineValue: 'closing_line_value',
  placedAtMs: 'cast(epoch_ms(placed_at) as double)',
  updatedAtMs: 'cast(epoch_ms(updated_at) as double)',
} as const satisfies Partial<Record<keyof LedgerSlice, string>>

const FLAGS = {
  state: `cast(list_position([${BET_STATES.map((state) => `'${state}'`).join(', ')}], state) - 1 as utinyint)`,
  isCombined: "cast(bet_type <> 'straight' as utinyint)",
  isFreeBet: 'cast(is_free_bet as utinyint)',
  hasMarket: 'cast(market is not null as utinyint)',
} as const satisfies Partial<Record<keyof LedgerSlice, string>>

const NUMBER_NAMES = Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]
const FLAG_NAMES = Object.keys(FLAGS) as (keyof typeof FLAGS)[]
const [ID_COLUMN, BOOK_COLUMN, NUMBER_COLUMN, FIRST_NUMBER] = [0, 1, 2, 3]
const FIRST_FLAG = FIRST_NUMBER + NUMBER_NAMES.length
const COLUMNS = ['id', 'book', 'cast(partition_no as double)', ...Object.values(NUMBERS), ...Object.values(FLAGS)].join(
  ', ',
)

/** Shows the rows of changed partitions, one after the other. */
export interface Slices {
  /**
   * The next partition's rows.
   *
   * @param number  the partition's number; those before it that have rows must have been taken
   * @throws {InvariantError} where its rows are not the next ones
   */
  take(partition: PartitionKey, number: number, rows: number): Promise<LedgerSlice>
}

/** Reads the table `merged` once, as a stream, and cuts it into partitions. The connection is busy until the last. */
export function openSlices(connection: DuckDBConnection): Slices {
  let stream: DuckDBResult | undefined
  let rest: Piece | undefined

  async function nextPiece(): Promise<Piece> {
    stream ??= await connection.stream(`select ${COLUMNS} from merged`)
    const chunk = await stream.fetchChunk()
    invariant(chunk !== null && chunk.rowCount > 0, 'the merged rows ended early')
    return { chunk, begin: 0, end: chunk.rowCount }
  }

  return {
    async take(partition, number, rows) {
      const pieces: Piece[] = []
      for (let missing = rows; missing > 0; ) {
        const { chunk, begin, end } = rest ?? (await nextPiece())
        const taken = Math.min(missing, end - begin)
        pieces.push({ chunk, begin, end: begin + taken })
        rest = begin + taken < end ? { chunk, begin: begin + taken, end } : undefined
        missing -= taken
      }
      const numbers = readColumn(pieces, NUMBER_COLUMN, new Float64Array(rows), Number.NaN)
      invariant(numbers[0] === number && numbers[rows - 1] === number, `rows of partition ${number} are not the next`)
      return toSlice(partition, rows, pieces)
    },
  }
}

/** Rows `begin` to `end` of a chunk. */
interface Piece {
  chunk: DuckDBDataChunk
  begin: number
  end: number
}

function toSlice(partition: PartitionKey, nRows: number, pieces: readonly Piece[]): LedgerSlice {
  const number = (name: keyof typeof NUMBERS) =>
    readColumn(pieces, FIRST_NUMBER + NUMBER_NAMES.indexOf(name), new Float64Array(nRows), Number.NaN)
  const flag = (name: keyof typeof FLAGS) =>
    readColumn(pieces, FIRST_FLAG + FLAG_NAMES.indexOf(name), new Uint8Array(nRows), 0)
  const textOf = createTextReader(pieces)
  const bookOf = (r: number) => textOf(BOOK_COLUMN, r)
  return {
    ...partition,
    nRows,
    state: flag('state'),
    isCombined: flag('isCombined'),
    isFreeBet: flag('isFreeBet'),
    hasMarket: flag('hasMarket'),
    decimalOdds: number('decimalOdds'),
    stakeMinor: number('stakeMinor'),
    profitMinor: number('profitMinor'),
    returnPerUnit: number('returnPerUnit'),
    closingLineValue: number('closingLineValue'),
    placedAtMs: number('placedAtMs'),
    updatedAtMs: number('updatedAtMs'),
    books: countBooks(nRows, bookOf),
    idOf: (r) => textOf(ID_COLUMN, r) ?? '',
    bookOf,
  }
}

function readColumn<T extends Float64Array | Uint8Array>(
  pieces: readonly Piece[],
  column: number,
  out: T,
  missing: number,
): T {
  let r = 0
  for (const { chunk, begin, end } of pieces) {
    const vector = chunk.getColumnVector(column)
    for (let i = begin; i < end; i++) {
      const value = vector.getItem(i)
      out[r++] = typeof value === 'number' ? value : missing
    }
  }
  return out
}

/** Texts stay in DuckDB's memory until one is asked for. */
function createTextReader(pieces: readonly Piece[]): (column: number, r: number) => string | null {
  let rows = 0
  const begins = pieces.map(({ begin, end }) => {
    rows += end - begin
    return rows - (end - begin)
  })
  return (column, r) => {
    const i = begins.findLastIndex((begin) => begin <= r)
    const piece = pieces[i]
    const value = piece?.chunk.getColumnVector(column).getItem(piece.begin + r - (begins[i] ?? 0))
    return typeof value === 'string' ? value : null
  }
}

function countBooks(nRows: number, bookOf: (r: number) => string | null): Map<string | null, number> {
  const counts = new Map<string | null, number>()
  for (let r = 0; r < nRows; r++) {
    const book = bookOf(r)
    counts.set(book, (counts.get(book) ?? 0) + 1)
  }
  return counts
}
