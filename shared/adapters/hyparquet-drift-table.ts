import type { BasicType, ColumnSource } from 'hyparquet-writer'
import { parquetWriteBuffer } from 'hyparquet-writer'
import type { ObjectStore } from '../kernel/ports.ts'
import type { DriftArchive } from '../usecases/drift-ports.ts'
import type { ColumnDetails, FullDriftReport } from '../usecases/drift-report-schema.ts'

/** Folder of the table: a day's reports lie below it in `day=2026-03-01/`. */
const DRIFT_TABLE_PREFIX = 'lake/drift/'

/** One column of the file, and what it says of a column that was compared. */
interface ParquetColumn {
  name: string
  type: BasicType
  value(row: Row): string | number | boolean | Date | null
}

interface Row {
  id: string
  report: FullDriftReport
  feature: string
  details: ColumnDetails
}

const COLUMNS: readonly ParquetColumn[] = [
  text('report_id', ({ id }) => id),
  { name: 'checked_at', type: 'TIMESTAMP', value: ({ report }) => new Date(report.timestamp) },
  text('model_version', ({ report }) => report.model_version),
  text('baseline_version', ({ report }) => report.baseline_version),
  whole('window_days', ({ report }) => report.window_days),
  { name: 'requires_retraining', type: 'BOOLEAN', value: ({ report }) => report.requires_retraining },
  text('feature', ({ feature }) => feature),
  text('role', ({ details }) => details.role),
  text('method', ({ details }) => details.method),
  text('status', ({ details }) => details.status),
  text('severity', ({ details }) => details.severity),
  text('movement', ({ details }) => details.movement),
  { name: 'is_drifted', type: 'BOOLEAN', value: ({ details }) => details.is_drifted },
  number('drift_score', ({ details }) => details.drift_score),
  number('effect', ({ details }) => details.effect),
  number('p_value', ({ details }) => details.p_value),
  number('adjusted_p_value', ({ details }) => details.adjusted_p_value),
  number('psi', ({ details }) => details.psi ?? null),
  number('overdispersion', ({ details }) => details.overdispersion),
  whole('reference_rows', ({ details }) => details.reference_rows),
  whole('current_rows', ({ details }) => details.current_rows),
  number('reference_missing', ({ details }) => details.reference_missing),
  number('current_missing', ({ details }) => details.current_missing),
]

/** A {@link DriftArchive} of Parquet files: one a report, one row a column. */
export function hyparquetDriftTable(objects: Pick<ObjectStore, 'put'>): DriftArchive {
  return {
    async keep(id, report) {
      const rows = Object.entries(report.feature_details).map(([feature, details]) => ({
        id,
        report,
        feature,
        details,
      }))
      const columnData = COLUMNS.map(
        ({ name, type, value }): ColumnSource => ({ name, type, data: rows.map(value), nullable: true }),
      )
      const day = report.timestamp.slice(0, 10)
      const key = `${DRIFT_TABLE_PREFIX}day=${day}/${id.replace(/\.json$/, '')}.parquet`
      await objects.put(key, new Uint8Array(parquetWriteBuffer({ columnData })))
    },
  }
}

function text(name: string, value: (row: Row) => string | null): ParquetColumn {
  return { name, type: 'STRING', value }
}

function number(name: string, value: (row: Row) => number | null): ParquetColumn {
  return { name, type: 'DOUBLE', value }
}

function whole(name: string, value: (row: Row) => number): ParquetColumn {
  return { name, type: 'INT32', value }
}
