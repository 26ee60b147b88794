import type { TableRow } from '../../shared/features/tables.ts'
import { assertColumns } from '../../shared/features/tables.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import type { FeatureTables } from '../../shared/usecases/feature-ports.ts'

export interface MemoryFeatureTables extends FeatureTables {
  /** The rows of a table by its name, in order of their writing. */
  rowsOf(table: string): readonly TableRow[]
}

/** Tables in memory; a contract suite keeps them like those in Supabase. */
export function memoryFeatureTables(): MemoryFeatureTables {
  const tables = new Map<string, readonly TableRow[]>()
  return {
    async replace(table, rows) {
      const byKey = new Map<string, TableRow>()
      for (const row of rows) {
        assertColumns(table, row)
        byKey.set(JSON.stringify(table.key.map((column) => row[column])), structuredClone(row))
      }
      if (byKey.size !== rows.length) throw new UpstreamError('memory', `${table.name}: two rows have one key`)
      tables.set(table.name, [...byKey.values()])
      return byKey.size
    },
    rowsOf: (table) => tables.get(table) ?? [],
  }
}
