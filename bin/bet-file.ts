import { basename } from 'node:path'
import { readCsvRows } from '../shared/adapters/csv-rows.ts'
import type { BetFormat, ParsedRows, SourceRow } from '../shared/bets/formats/format.ts'
import { describeUnknownHeader, recogniseFormat } from '../shared/bets/formats/recognise.ts'
import { DomainError } from '../shared/kernel/errors.ts'
import type { Progress } from '../shared/kernel/ports.ts'
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
  const format = formatOf(file.columns, path)
  const parsed: ParsedRows = { bets: [], rejections: [] }
  // Legs of one bet may stand anywhere in the file, so such rows are parsed together at the end.
  const together: SourceRow[] = []
  let rowsRead = 0
  const task = progress.start(`Reading ${basename(path)}`, file.sizeBytes)
  for await (const batch of file.batches()) {
    rowsRead += batch.records
    for (const rejection of batch.rejections) parsed.rejections.push(rejection)
    if (format.hasRowPerLeg) for (const row of batch.rows) together.push(row)
    else append(parsed, format.parse(batch.rows))
    task.advance(batch.bytesRead)
  }
  if (together.length > 0) append(parsed, format.parse(together))
  task.finish(`${rowsRead} rows, ${format.name}, ${file.encoding}`)
  return { fileName: basename(path), format: format.name, rowsRead, parsed }
}

async function readParquet(path: string, progress: Progress): Promise<ReadFile> {
  const task = progress.start(`Reading ${basename(path)}`)
  const { readParquetRows } = await import('../shared/adapters/duckdb-parquet-rows.ts')
  const { columns, rows } = await readParquetRows(path)
  const format = formatOf(columns, path)
  const parsed = format.parse(rows)
  task.finish(`${rows.length} rows, ${format.name}, Parquet`)
  return { fileName: basename(path), format: format.name, rowsRead: rows.length, parsed }
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
