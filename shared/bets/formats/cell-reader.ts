import { InvariantError } from '../../kernel/errors.ts'
import type { Bet } from '../bet.ts'
import type { FieldParser } from './fields.ts'
import type { ParsedRows, Rejection, RejectionReason, SourceRow } from './format.ts'

/** What keeps a record out of the ledger. */
export type Problem = Pick<Rejection, 'reason' | 'field' | 'detail'>

/** Reads the cells of one record and remembers the first thing wrong with it. */
export interface CellReader {
  /** The value of a cell; null where its column is absent, where it is blank, and where it is refused. */
  read<T>(column: string, parse: FieldParser<T>): T | null
  /** The value of a cell that must not be blank: null only beside a problem. */
  require<T>(column: string, parse: FieldParser<T>, reasonIfBlank: RejectionReason): T | null
  /** Notes a problem that no single cell shows. */
  refuse(reason: RejectionReason, field: string | null, detail: string): void
  /** The first problem noted, if any. */
  problem(): Problem | undefined
}

/** A reader of one record's cells. */
export function readCells(row: SourceRow): CellReader {
  let first: Problem | undefined

  function refuse(reason: RejectionReason, field: string | null, detail: string): void {
    first ??= { reason, field, detail }
  }

  function read<T>(column: string, parse: FieldParser<T>): T | null {
    const text = row.cells[column]?.trim()
    if (text === undefined || text === '') return null
    const cell = parse(text)
    if (cell.ok) return cell.value
    refuse(cell.reason, column, `${column}: ${cell.detail}`)
    return null
  }

  function requireCell<T>(column: string, parse: FieldParser<T>, reasonIfBlank: RejectionReason): T | null {
    const value = read(column, parse)
    if (value === null) refuse(reasonIfBlank, column, `${column} is blank`)
    return value
  }

  return { read, require: requireCell, refuse, problem: () => first }
}

/** What must be known of every bet. */
type Essentials = Pick<Bet, 'id' | 'state' | 'placedAtMs'>

/**
 * The bet made from a record's cells, or the first problem that its reader noted.
 *
 * @param essentials  as `CellReader.require` gave them: a null there has left a problem behind
 * @throws {InvariantError} if an essential is null and no problem was noted
 */
export function betUnlessRefused(
  cells: CellReader,
  essentials: { [K in keyof Essentials]: Essentials[K] | null },
  rest: Omit<Bet, keyof Essentials>,
): Bet | Problem {
  const { id, state, placedAtMs } = essentials
  if (placedAtMs !== null && rest.settledAtMs !== null && rest.settledAtMs < placedAtMs) {
    const [settled, placed] = [new Date(rest.settledAtMs).toISOString(), new Date(placedAtMs).toISOString()]
    cells.refuse('settled_before_placed', null, `settled at ${settled}, before it was placed at ${placed}`)
  }
  const problem = cells.problem()
  if (problem !== undefined) return problem
  if (id === null || state === null || placedAtMs === null) {
    throw new InvariantError('a record without id, state or placement was not refused')
  }
  return { id, state, placedAtMs, ...rest }
}

/** The rejection of one record for a problem. */
export function rejectionOf(row: SourceRow, problem: Problem): Rejection {
  return { line: row.line, ...problem, raw: row.raw }
}

/** Parses records that are each a bet of their own. */
export function parseRowByRow(rows: readonly SourceRow[], parse: (row: SourceRow) => Bet | Problem): ParsedRows {
  const out: ParsedRows = { bets: [], rejections: [] }
  for (const row of rows) {
    const result = parse(row)
    if ('reason' in result) out.rejections.push(rejectionOf(row, result))
    else out.bets.push({ bet: result, lines: [row.line] })
  }
  return out
}
