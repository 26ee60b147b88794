import type { BasicType } from 'hyparquet-writer'
import { parquetWriteBuffer } from 'hyparquet-writer'
import type { AlertRow, AlertTable } from '../usecases/alert-ports.ts'

/** Columns in their order: name in the file, type, and the value of a row. */
const COLUMNS: readonly { name: string; type: BasicType; nullable?: boolean; of: (row: AlertRow) => unknown }[] = [
  { name: 'message_id', type: 'STRING', of: (row) => row.messageId },
  { name: 'at', type: 'TIMESTAMP', of: (row) => new Date(row.atMs) },
  { name: 'created_at', type: 'TIMESTAMP', of: (row) => new Date(row.createdMs) },
  { name: 'settled_at', type: 'TIMESTAMP', of: (row) => new Date(row.settledMs) },
  { name: 'rule', type: 'STRING', of: (row) => row.rule },
  { name: 'key', type: 'STRING', of: (row) => row.key },
  { name: 'kind', type: 'STRING', of: (row) => row.kind },
  { name: 'severity', type: 'STRING', of: (row) => row.severity },
  { name: 'title', type: 'STRING', of: (row) => row.title },
  { name: 'text', type: 'STRING', of: (row) => row.text },
  { name: 'channel', type: 'STRING', of: (row) => row.channel },
  { name: 'outcome', type: 'STRING', of: (row) => row.outcome },
  { name: 'attempts', type: 'INT32', of: (row) => row.attempts },
  { name: 'cause', type: 'STRING', nullable: true, of: (row) => row.cause },
]

/** An {@link AlertTable} of Parquet, written without native code, so that the function needs no database to do it. */
export function hyparquetAlertTable(): AlertTable {
  return {
    encode(rows) {
      const columnData = COLUMNS.map(({ name, type, nullable = false, of }) => ({
        name,
        type,
        nullable,
        data: rows.map(of),
      }))
      return new Uint8Array(parquetWriteBuffer({ columnData }))
    },
  }
}
