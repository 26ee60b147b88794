import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { readCsvRows } from '../shared/adapters/csv-rows.ts'
import type { BetFormat, ParsedRows, Rejection, SourceRow } from '../shared/bets/formats/format.ts'
import { describeUnknownHeader, recogniseFormat } from '../shared/bets/formats/recognise.ts'
import { DomainError } from '../shared/kernel/errors.ts'
import type { Progress } from '../shared/kernel/ports.ts'
import { QUARANTINE_ID_COLUMN, takeQuarantineId } from '../shared/quality/mendable-file.ts'
import type { ReadFile } from '../shared/usecases/import-bets.ts'

/**
 * Reads a bet log, its layout told by its header: Parquet where the name ends in `.parquet`, else CSV.
 *
 * @throws {DomainError} where the file cannot be read or its layout is not known
 */
export function readBetFile(path: string, progress: Progress): Promise<ReadFile> {
  return path.toLowerCase().endsWith('.parquet') ? readParquet(path, progress) : readCsv(path, progress)
}

async function readCsv(path: string, progress: Progress): Promise<ReadFile> {
  const file = await readCsvRows(path)
  const collector = collectRows(path, file.columns)
  const hash = createHash('sha256')
  const task = progress.start(`Reading ${basename(path)}`, file.sizeBytes)
  for await (const batch of file.batches((bytes) => hash.update(bytes))) {
    collector.take(batch.rows, batch.rejections)
    task.advance(batch.bytesRead)
  }
  const read = collector.finish(hash.digest('hex'))
  task.finish(`${read.rowsRead} rows, ${read.format}, ${file.encoding}`)
  return read
}

async function readParquet(path: string, progress: Progress): Promise<ReadFile> {
  const task = progress.start(`Reading ${basename(path)}`)
  const { readParquetRows } = await import('../shared/adapters/duckdb-parquet-rows.ts')
  const { columns, rows, rejections } = await readParquetRows(path)
  const collector = collectRows(path, columns)
  collector.take(rows, rejections)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const read = collector.finish(hash.digest('hex'))
  task.finish(`${read.rowsRead} rows, ${read.format}, Parquet`)
  return read
}

/** Takes the rows of a file as they come and makes bets of them. */
function collectRows(path: string, header: readonly string[]) {
  const { columns, unmark } = readMarks(path, header)
  const format = formatOf(columns, path)
  const parsed: ParsedRows = { bets: [], rejections: [] }
  const mends = new Map<number, string>()
  // Legs of one bet may stand anywhere in the file, so such rows are parsed together at the end.
  const together: SourceRow[] = []
  let rowsRead = 0

  function take(rows: readonly SourceRow[], rejections: readonly Rejection[]): void {
    rowsRead += rows.length + rejections.length
    const own = rows.map((row) => unmark(row, mends))
    append(parsed, { bets: [], rejections: rejections.map((rejection) => unmark(rejection, mends)) })
    if (format.hasRowPerLeg) for (const row of own) together.push(row)
    else append(parsed, format.parse(own))
  }

  function finish(fileSha256: string): ReadFile {
    if (together.length > 0) append(parsed, format.parse(together))
    // People read them beside the file.
    parsed.rejections.sort((a, b) => a.line - b.line)
    return { fileName: basename(path), fileSha256, format: format.name, columns, rowsRead, parsed, mends }
  }

  return { take, finish }
}

/**
 * The header and the rows of a file without the ids that a file of quarantined rows has before them.
 *
 * @throws {DomainError} `quarantine_id_not_first`
 */
function readMarks(path: string, header: readonly string[]) {
  const at = header.indexOf(QUARANTINE_ID_COLUMN)
  if (at > 0) {
    const message = `${path}: keep ${QUARANTINE_ID_COLUMN} the first column, so that it is found on broken lines too`
    throw new DomainError('quarantine_id_not_first', message)
  }
  function unmark<T extends SourceRow | Rejection>(row: T, mends: Map<number, string>): T {
    if (at < 0) return row
    const { id, raw } = takeQuarantineId(row.raw)
    if (id !== undefined) mends.set(row.line, id)
    return { ...row, raw }
  }
  return { columns: header.slice(at + 1), unmark }
}

function formatOf(columns: readonly string[], path: string): BetFormat {
  const format = recogniseFormat(columns)
  if (format !== undefined) return format
  throw new DomainError('unknown_format', `${path}: ${describeUnknownHeader(columns)}`)
}

function append(into: ParsedRows, more: ParsedRows): void {
  for (const bet of more.bets) into.bets.push(bet)
  for (const rejection of more.rejections) into.rejections.push(rejection)
}
