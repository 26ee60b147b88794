import { applyBefore } from '../features/advance.ts'
import type { FeatureState } from '../features/state.ts'
import { tableRows } from '../features/table-rows.ts'
import { FEATURE_TABLES } from '../features/tables.ts'
import { sha256Hex } from '../kernel/digest.ts'
import type { FeatureMonthFiles } from '../lake/feature-layer.ts'
import type { LakeFile } from '../lake/file.ts'
import type { FeatureLayer, FeatureTables } from './feature-ports.ts'
import type { Making } from './make-month.ts'

/** The tables for people as they were written: their Parquet, and how many rows the database counts. */
export interface FilledTables {
  files: Record<string, LakeFile>
  rows: Record<string, number>
}

/**
 * Fills the tables with what is known now.
 *
 * @param state  taken on to the present
 */
export async function fillFeatureTables(
  deps: { features: FeatureLayer; tables: FeatureTables },
  making: Making,
  state: FeatureState,
  months: readonly FeatureMonthFiles[],
): Promise<FilledTables> {
  applyBefore(state, making.nowMs)
  const layer = {
    recordCount: months.reduce((sum, { bets }) => sum + bets, 0),
    checksum: await sha256Hex(months.map(({ features }) => features.sha256).join('\n')),
  }
  const filled: FilledTables = { files: {}, rows: {} }
  for (const table of FEATURE_TABLES) {
    const rows = tableRows(table, state, making.nowMs, layer)
    const [file, count] = await Promise.all([
      deps.features.writeTable(making.folder, table, rows),
      deps.tables.replace(table, rows),
    ])
    filled.files[table.name] = file
    filled.rows[table.name] = count
  }
  return filled
}
