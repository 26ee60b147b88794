import { access } from 'node:fs/promises'
import type { SourceRow } from '../bets/formats/format.ts'
import { DomainError, messageOf } from '../kernel/errors.ts'
import { withDuckdb } from './duckdb-connection.ts'

/** A Parquet file of bets as text cells, so that the formats that read CSV read it too. */
export interface ParquetRows {
  columns: string[]
  /** `line` is the row's number, from 1; `raw` the row as JSON. */
  rows: SourceRow[]
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
      const names = columns.map(({ name }) => name)
      const rows = read.getRows().map((values, i): SourceRow => {
        const cells = Object.fromEntries(names.map((name, c) => [name, values[c] === null ? '' : String(values[c])]))
        return { line: i + 1, cells, raw: JSON.stringify(cells) }
      })
      return { columns: names, rows }
    })
  } catch (cause) {
    throw new DomainError(
      'file_not_readable',
      `${path} cannot be read as Parquet: ${messageOf(cause).split('\n')[0]}`,
      { cause },
    )
  }
}

function asText(name: string, type: string): string {
  if (type.startsWith('TIMESTAMP')) return `strftime(${quoted(name)}, '%Y-%m-%dT%H:%M:%S.%gZ')`
  return `cast(${quoted(name)} as varchar)`
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
