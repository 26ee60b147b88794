import type { Bet } from '../bets/bet.ts'
import type { BetFormat, Rejection, SourceRow } from '../bets/formats/format.ts'
import { recogniseFormat } from '../bets/formats/recognise.ts'
import type { FileOrigin, QuarantinedRow, Refusal } from '../quality/quarantine.ts'

/** Parts a text into records and their cells as the reader of its file did. */
export type ReadRecords = (text: string, columns: readonly string[]) => { rows: SourceRow[]; rejections: Rejection[] }

/** A quarantined row of a known layout, and the text to read in its place. */
export interface Trial {
  row: QuarantinedRow
  origin: FileOrigin
  columns: readonly string[]
  format: BetFormat
  text: string
}

/** A bet that rows make now. */
export interface MadeBet {
  bet: Bet
  rows: QuarantinedRow[]
  /** The import that the last of its rows came with. */
  importId: string | null
}

export interface RefusedAgain {
  row: QuarantinedRow
  refusal: Refusal
}

export interface Verdict {
  made: MadeBet[]
  refused: RefusedAgain[]
}

/**
 * What a row can be tried with: its header must have been kept.
 *
 * @returns a refusal where the header is of no layout known now; undefined for rows of tables, and without a header
 */
export function toTrial(row: QuarantinedRow, text: string): Trial | RefusedAgain | undefined {
  const { origin } = row
  if (origin.kind !== 'file' || origin.columns === null) return undefined
  const format = recogniseFormat(origin.columns)
  return format === undefined
    ? { row, refusal: UNKNOWN_LAYOUT }
    : { row, origin, columns: origin.columns, format, text }
}

const UNKNOWN_LAYOUT: Refusal = {
  reason: 'unknown_layout',
  field: null,
  detail: 'its header is of no layout that is known now',
}

/** Reads rows of files again, each by its own header. */
export function readAgain(readRecords: ReadRecords, trials: readonly Trial[]): Verdict {
  const readable: ReadTrial[] = []
  const refused: RefusedAgain[] = []
  for (const { row, origin, columns, format, text } of trials) {
    const { rows, rejections } = readRecords(text, columns)
    const [source, ...others] = rows
    const [rejection = NOT_ONE_RECORD] = rejections
    const isOne = others.length + rejections.length === 0
    if (source === undefined || !isOne) refused.push({ row, refusal: refusalOf(rejection) })
    else readable.push({ row, origin, format, source: { ...source, line: row.line ?? row.position } })
  }
  const byFormat = Map.groupBy(readable, ({ format }) => format)
  return joinVerdicts([{ made: [], refused }, ...[...byFormat].map(([format, rows]) => parseRows(format, rows))])
}

const NOT_ONE_RECORD: Refusal = { reason: 'malformed_quotes', field: null, detail: 'the text is not one record' }

interface ReadTrial {
  row: QuarantinedRow
  origin: FileOrigin
  format: BetFormat
  source: SourceRow
}

/** The bets of rows of one layout, file by file, and then of legs whose bets no single file has whole. */
function parseRows(format: BetFormat, rows: readonly ReadTrial[]): Verdict {
  const byImport = Map.groupBy(rows, ({ origin }) => origin.importId)
  const verdict = joinVerdicts([...byImport.values()].map((ofOneFile) => parseTogether(format, ofOneFile)))
  if (!format.hasRowPerLeg) return verdict
  const refusedIds = new Set(verdict.refused.map(({ row }) => row.id))
  const rest = rows.filter(({ row }) => refusedIds.has(row.id))
  // A row is told from others by its line, and lines of several files may be equal.
  const numbered = rest.map((one, line) => ({ ...one, source: { ...one.source, line } }))
  const { made } = parseTogether(format, numbered)
  const madeIds = new Set(made.flatMap((one) => one.rows.map(({ id }) => id)))
  return { made: [...verdict.made, ...made], refused: verdict.refused.filter(({ row }) => !madeIds.has(row.id)) }
}

function parseTogether(format: BetFormat, rows: readonly ReadTrial[]): Verdict {
  const byLine = new Map(rows.map((one) => [one.source.line, one]))
  const at = (line: number) => byLine.get(line) ?? []
  const { bets, rejections } = format.parse(rows.map(({ source }) => source))
  return {
    made: bets.map(({ bet, lines }) => {
      const ofBet = lines.flatMap(at)
      return { bet, rows: ofBet.map(({ row }) => row), importId: ofBet.at(-1)?.origin.importId ?? null }
    }),
    refused: rejections.flatMap((rejection) =>
      [at(rejection.line)].flat().map(({ row }) => ({ row, refusal: refusalOf(rejection) })),
    ),
  }
}

function joinVerdicts(verdicts: readonly Verdict[]): Verdict {
  return { made: verdicts.flatMap(({ made }) => made), refused: verdicts.flatMap(({ refused }) => refused) }
}

function refusalOf({ reason, field, detail }: Refusal): Refusal {
  return { reason, field, detail }
}
