import { access } from 'node:fs/promises'
import type { Rejection, SourceRow } from '../bets/formats/format.ts'
import { holdsNul, showingNul } from '../bets/formats/nul.ts'
import { csvLine } from '../kernel/csv-text.ts'
import { DomainError, messageOf } from '../kernel/errors.ts'
import { quoted, withDuckdb } from './duckdb-connection.ts'

/** A Parquet file of bets as text cells, so that the formats that read CSV read it too. */
export interface ParquetRows {
  columns: string[]
  /** `line` is the row's number, from 1; `raw` the row as a CSV record. */
  rows: SourceRow[]
  /** Rows with NUL in a cell. */
  rejections: Rejection[]
}

/** @throws {DomainError} `file_not_readable` where there is no file or it is no Parquet */
export async function readParquetRows(path: string): Promise<ParquetRows> {
  if (/[*?[\]]/.test(path)) {
    throw new DomainError('file_not_readable', `${path}: rename the file, its * ? [ ] would be taken for a pattern`)
  }
  try {
    await access(path)
    return await withDuckdb(async (connection) => {
      await connection.run("set timezone = 'UTC'")
      const source = `read_parquet('${path.replaceAll("'", "''")}')`
      const described = await connection.runAndReadAll(`describe select * from ${source}`)
      const columns = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }))
      const picked = columns.map(({ name, type }) => `${asText(name, type)} as ${quoted(name)}`)
      const read = await connection.runAndReadAll(`select ${picked.join(', ')} from ${source}`)
      return toParquetRows(
        columns.map(({ name }) => name),
        read.getRows(),
      )
    })
  } catch (cause) {
    throw new DomainError(
      'file_not_readable',
      `${path} cannot be read as Parquet: ${messageOf(cause).split('\n')[0]}`,
      { cause },
    )
  }
}

function toParquetRows(columns: string[], table: readonly (readonly unknown[])[]): ParquetRows {
  const rows: SourceRow[] = []
  const rejections: Rejection[] = []
  for (const [i, values] of table.entries()) {
    const texts = columns.map((_, c) => (values[c] === null ? '' : String(values[c])))
    const row = { line: i + 1, raw: csvLine(texts) }
    const withNul = columns.find((_, c) => holdsNul(texts[c] ?? ''))
    if (withNul === undefined)
      rows.push({ ...row, cells: Object.fromEntries(columns.map((name, c) => [name, texts[c] ?? ''])) })
    else rejections.push(nulRejection(row, withNul))
  }
  return { columns, rows, rejections }
}

function nulRejection({ line, raw }: Pick<SourceRow, 'line' | 'raw'>, field: string): Rejection {
  const detail = `${field} holds NUL, shown here as \u2400`
  return { line, reason: 'unreadable_text', field, detail, raw: showingNul(raw) }
}

function asText(name: string, type: string): string {
  if (type.startsWith('TIMESTAMP')) return `strftime(${quoted(name)}, '%Y-%m-%dT%H:%M:%S.%gZ')`
  return `cast(${quoted(name)} as varchar)`
}
