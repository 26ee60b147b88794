import type { FeatureTable, TableRow } from '../features/tables.ts'
import type { LakeFile } from '../lake/file.ts'

/** The features of bets placed in one month, as one file. */
export interface FeatureMonth {
  /** Where it goes, ending with a slash: `FOLDERmonth=MONTH/part-0.parquet`. */
  folder: string
  /** Month of UTC of the placements, `YYYY-MM`. */
  month: string
  /** In order of placement, then id. */
  ids: readonly string[]
  placedAtMs: Float64Array
  names: readonly string[]
  /** `columns[f][r]`: feature f of bet r, NaN where missing. */
  columns: readonly Float32Array[]
}

/** Columns of the features layer, rows in order of placement, then id. */
export interface StoredFeatures {
  ids: string[]
  names: readonly string[]
  columns: Float32Array[]
}

/** Writes and reads the features layer's Parquet. */
export interface FeatureLayer {
  writeMonth(month: FeatureMonth): Promise<LakeFile>
  /** Writes the rows of one table as `FOLDERNAME.parquet`. */
  writeTable(folder: string, table: FeatureTable, rows: readonly TableRow[]): Promise<LakeFile>
  /** Reads some features of the months' files. @throws {UpstreamError} where a file is not the one written */
  read(files: readonly LakeFile[], names: readonly string[]): Promise<StoredFeatures>
}

/** Tables for people and dashboards, filled from the features. */
export interface FeatureTables {
  /**
   * Makes a table hold exactly these rows.
   *
   * @returns how many rows the table says that it has afterwards
   * @throws {UpstreamError} where that is another number
   */
  replace(table: FeatureTable, rows: readonly TableRow[]): Promise<number>
}
